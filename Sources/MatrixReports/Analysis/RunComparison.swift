public import MatrixCore

/// How a run differs from an earlier one of the same matrix: new, fixed and remaining problems.
public struct RunComparison: Sendable, Codable {
    /// A case of either run.
    public struct Case: Sendable, Codable, Hashable {
        public var cell: String
        var phase: Phase
        var step: String
        var name: String
        /// The present outcome of a new or remaining problem; otherwise the earlier one.
        public var outcome: Outcome
        public var message: String?

        /// `verify: http grafana`, or only the name if the step is its phase.
        public var title: String { step == phase.rawValue ? name : "\(step): \(name)" }
    }

    /// A cell whose outcome changed.
    public struct CellChange: Sendable, Codable, Hashable {
        public var cell: String
        /// Nil if the run had no such cell.
        public var before: Outcome?
        public var now: Outcome?
    }

    public var before: RunID
    public var now: RunID
    /// Problems that the earlier run did not have, in cells that it had.
    public var new: [Case]
    /// Problems of the earlier run whose cases, or whole cells, now passed.
    public var fixed: [Case]
    /// Problems of both runs.
    public var remaining: [Case]
    /// Problems of the earlier run whose cases did not run again: whether they are fixed is unknown.
    public var unasked: [Case]
    public var cells: [CellChange]

    /// Compares with an earlier run. If its problems are unknown, no case is listed.
    public init(_ result: RunResult, since past: PastRun) {
        self.init(ReportedRun(result), since: past)
    }

    init(_ run: ReportedRun, since past: PastRun) {
        before = past.run
        now = run.result.run
        cells = Self.changes(run, past)
        let problems = Self.renamed(past.problems ?? [], to: run)
        var then = Set(problems.map(Key.init))
        let outcomes = Dictionary(run.cells.flatMap { cell in cell.cases.map { (Key($0, in: cell), $0.outcome) } }) { first, second in
            first.isProblem ? first : second
        }
        let bad = run.cells.flatMap { cell in cell.cases.filter(\.outcome.isProblem).map { Self.case($0, in: cell) } }
        let isKnown = past.problems != nil
        new = bad.filter { isKnown && past.outcomes[$0.cell] != nil && !then.contains(Key($0)) }
        remaining = bad.filter { then.contains(Key($0)) }
        // A problem that is listed twice counts as fixed once.
        let gone = problems.filter { then.remove(Key($0)) != nil && outcomes[Key($0)]?.isProblem != true }.map(Self.case)
        let passed = Set(run.cells.filter { $0.outcome == .passed }.map(\.name))
        // Some cases exist only in a failed cell: they are fixed if the whole cell passed.
        let isFixed = { (item: Case) in outcomes[Key(item)] == .passed || outcomes[Key(item)] == nil && passed.contains(item.cell) }
        fixed = gone.filter(isFixed)
        unasked = gone.filter { !isFixed($0) }
    }

    /// The problems of a run before names stood as they were written get the names that their cases have now.
    private static func renamed(_ problems: [PastRun.Problem], to run: ReportedRun) -> [PastRun.Problem] {
        let tests = run.cells.lazy.flatMap(\.cases)
        let hasChanged =
            problems.contains { FormerName.mayBe($0.name) || FormerName.mayBe($0.step) }
            || !problems.isEmpty && tests.contains { FormerName.keepsBlanks($0.name) || FormerName.keepsBlanks($0.step) }
        guard hasChanged else { return problems }
        var names: [Key: CaseResult] = [:]
        var known: Set<Key> = []
        for cell in run.cells {
            known.formUnion(cell.cases.map { Key($0, in: cell) })
            let former = FormerCase.all(of: cell.cases.map { (phase: $0.phase, step: $0.step, name: $0.name) })
            for test in cell.cases {
                guard let then = former[FormerCase(test)] else { continue }
                names[Key(cell: cell.name, phase: then.phase, step: then.step, name: then.name)] = test
            }
        }
        return problems.map { problem in
            guard !known.contains(Key(problem)), let test = names[Key(problem)] else { return problem }
            var problem = problem
            (problem.step, problem.name) = (test.step, test.name)
            return problem
        }
    }

    /// `2 new, 1 fixed`; `nothing new` if there are neither.
    public var words: String {
        let parts = [new.isEmpty ? nil : "\(new.count) new", fixed.isEmpty ? nil : "\(fixed.count) fixed"].compactMap(\.self)
        return parts.isEmpty ? "nothing new" : parts.joined(separator: ", ")
    }

    /// How many of a problem's cases are new.
    func newOnes(among affected: [ProblemGroup.Affected]) -> Int {
        guard !new.isEmpty else { return 0 }
        let keys = Set(new.map(Key.init))
        return affected.reduce(0) { count, place in count + place.cases.count { keys.contains(Key($0, in: place.cell)) } }
    }

    private struct Key: Hashable {
        var cell: String
        var phase: Phase
        var step: String
        var name: String

        init(cell: String, phase: Phase, step: String, name: String) {
            (self.cell, self.phase, self.step, self.name) = (cell, phase, step, name)
        }

        init(_ problem: PastRun.Problem) { (cell, phase, step, name) = (problem.cell, problem.phase, problem.step, problem.name) }
        init(_ item: Case) { (cell, phase, step, name) = (item.cell, item.phase, item.step, item.name) }
        init(_ test: CaseResult, in cell: CellResult) { (self.cell, phase, step, name) = (cell.name, test.phase, test.step, test.name) }
    }

    private static func `case`(_ test: CaseResult, in cell: CellResult) -> Case {
        Case(
            cell: cell.name, phase: test.phase, step: test.step, name: test.name, outcome: test.outcome, message: JUnitVerdict.message(test)
        )
    }

    private static func `case`(_ problem: PastRun.Problem) -> Case {
        Case(cell: problem.cell, phase: problem.phase, step: problem.step, name: problem.name, outcome: problem.outcome)
    }

    private static func changes(_ run: ReportedRun, _ past: PastRun) -> [CellChange] {
        let here = run.cells.map { CellChange(cell: $0.name, before: past.outcomes[$0.name], now: $0.outcome) }
        let names = Set(run.cells.map(\.name))
        let gone = past.outcomes.filter { !names.contains($0.key) }.sorted { $0.key < $1.key }.map {
            CellChange(cell: $0.key, before: $0.value, now: nil)
        }
        return here.filter { $0.before != $0.now } + gone
    }
}

extension PastRun {
    /// A run in the form in which a later one is compared with it.
    public init(_ result: RunResult) {
        let run = ReportedRun(result)
        let problems = run.cells.flatMap { cell in
            cell.cases.filter(\.outcome.isProblem).map {
                Problem(cell: cell.name, phase: $0.phase, step: $0.step, name: $0.name, outcome: $0.outcome)
            }
        }
        self.init(
            run: result.run, started: result.started, exitStatus: result.exitStatus, commit: result.commit,
            outcomes: Dictionary(run.cells.map { ($0.name, $0.outcome) }) { first, _ in first }, problems: problems)
    }
}

extension [PastRun] {
    /// The same runs, with the problems of only one: the newest that was not interrupted. A later run is compared with it.
    public var withProblemsOfOne: [PastRun] {
        let compared = firstIndex { $0.problems != nil && !$0.exitStatus.isInterruption }
        return enumerated().map { index, run in
            var run = run
            if index != compared { run.problems = nil }
            return run
        }
    }
}

extension ReportedRun {
    /// The earlier run with which this one is compared.
    var compared: PastRun? { result.past?.first { $0.problems != nil } }
}
