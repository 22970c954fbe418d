public import MatrixCore

/// A run that goes on, as its first report and its events say: what the page shows before there is a result.
public struct LiveRun: Sendable {
    private struct Place: Hashable {
        let phase: Phase
        let step: String
        let name: String

        init(_ test: CaseResult) { (phase, step, name) = (test.phase, test.step, test.name) }
    }

    private struct Cell {
        var started: Timestamp?
        var phases: [PhaseResult] = []
        var cases: [CaseResult] = []
        var places: [Place: Int] = [:]
        /// What it does now.
        var phase: Phase?
        var since: Timestamp?
        var step: String?
        var words = ""
        var finished: Timestamp?
        var outcome: Outcome?
        var message: String?

        mutating func add(_ test: CaseResult) {
            // A step that a person repeats has a new verdict.
            if let place = places[Place(test)] {
                cases[place] = test
            } else {
                places[Place(test)] = cases.count
                cases.append(test)
            }
        }
    }

    private var draft: RunResult
    private var cells: [String: Cell] = [:]
    private var leaks: [Leak] = []
    private var warnings: [String] = []
    /// Why it stops; nil if it does not.
    private var stopping: String?

    /// - Parameter draft: what the report said at the beginning of the run: every case, without results.
    public init(_ draft: RunResult) {
        self.draft = draft
    }

    /// Takes a newer report of the same run, which has the cells that have ended since in full.
    public mutating func renew(_ draft: RunResult) { self.draft = draft }

    /// Takes what happened next.
    public mutating func apply(_ event: Event) {
        switch event.kind {
        // A run that another process continues: its draft has what came before.
        case .runStarted: self = LiveRun(draft)
        case .resourceLeaked(let leak): leaks.append(leak)
        case .warning(let text): warnings.append("\(event.cell.map { "\($0): " } ?? "")\(text)")
        case .stopping(let reason): stopping = reason
        default: if let cell = event.cell { apply(event, to: &cells[cell, default: Cell()]) }
        }
    }

    private func apply(_ event: Event, to cell: inout Cell) {
        switch event.kind {
        case .cellStarted: cell.started = event.time
        case .phaseStarted(let phase, _): (cell.phase, cell.since, cell.step, cell.words) = (phase, event.time, nil, "")
        case .phaseFinished(let result):
            cell.phases.append(result)
            (cell.phase, cell.step, cell.words) = (nil, nil, "")
        case .stepStarted(_, let step): (cell.step, cell.words) = (step, step)
        case .taskStarted(_, let step, let task): cell.words = "\(step): \(task)"
        case .waiting(let reason): cell.words = reason
        case .retrying(_, _, let reason): cell.words = "again: \(reason)"
        case .caseFinished(let result): cell.add(result)
        case .cellFinished(let outcome, let message):
            (cell.outcome, cell.message, cell.finished, cell.phase, cell.step) = (outcome, message, event.time, nil, nil)
        default: break
        }
    }

    /// The run as it is now.
    public func result(at now: Timestamp) -> (result: RunResult, activity: RunActivity) {
        var activity = RunActivity(cells: [:], now: now)
        var result = draft
        result.finished = now
        result.leaks = leaks
        // The draft warns that it may be all that remains.
        result.warnings = draft.warnings.filter { $0.severity != .error } + warnings.map { Diagnostic(.warning, at: nil, $0) }
        if let stopping { result.warnings.insert(Diagnostic(.warning, at: nil, "the run stops: \(stopping)"), at: 0) }
        result.cells = draft.cells.map { planned in
            let cell = cells[planned.name] ?? Cell()
            if cell.outcome == nil { activity.cells[planned.name] = self.activity(of: planned.name, cell, now) }
            return self.result(of: planned, cell, now)
        }
        // Cells that have no verdict yet say nothing about the run.
        let outcomes = Set(result.cells.filter { !$0.experimental }.map(\.outcome))
        result.exitStatus =
            !leaks.isEmpty ? .leaked : outcomes.contains(.error) ? .infrastructure : outcomes.contains(.failed) ? .failed : .passed
        return (result, activity)
    }

    private func activity(of name: String, _ cell: Cell, _ now: Timestamp) -> RunActivity.Cell {
        let hasLog = cell.phase == .create || cell.step != nil
        let log = cell.phase.flatMap { hasLog ? "artifacts/\(name)/\(LogName.file($0, step: cell.step))" : nil }
        return RunActivity.Cell(phase: cell.phase, since: cell.since ?? now, words: cell.words, log: log, started: cell.started)
    }

    private func result(of planned: CellResult, _ cell: Cell, _ now: Timestamp) -> CellResult {
        // A newer report has the whole cell, with its hosts.
        if cell.outcome != nil, !planned.cases.contains(where: { $0.type == ProblemType.unfinished.rawValue }) { return planned }
        var result = planned
        result.queued = draft.started
        result.started = cell.started ?? now
        result.finished = cell.finished ?? now
        result.phases = planned.phases + cell.phases
        result.cases = cases(of: planned, cell)
        let outcomes = Set(result.cases.map(\.outcome))
        result.outcome = cell.outcome ?? [Outcome.error, .failed, .interrupted].first { outcomes.contains($0) } ?? .skipped
        return result
    }

    /// The planned cases with their verdicts; behind each step the cases that nobody planned, such as tasks of a playbook.
    private func cases(of planned: CellResult, _ cell: Cell) -> [CaseResult] {
        var known = Set<Place>()
        var cases = planned.cases.map { test -> CaseResult in
            let place = Place(test)
            known.insert(place)
            if let index = cell.places[place] { return cell.cases[index] }
            guard test.type == ProblemType.unfinished.rawValue else { return test }
            return open(test, in: planned.name, cell)
        }
        for test in cell.cases where !known.contains(Place(test)) {
            let last = cases.lastIndex { $0.phase == test.phase && $0.step == test.step } ?? cases.lastIndex { $0.phase == test.phase }
            cases.insert(test, at: last.map { $0 + 1 } ?? cases.count)
        }
        return cases
    }

    /// A case without a verdict.
    private func open(_ test: CaseResult, in name: String, _ cell: Cell) -> CaseResult {
        var test = test
        (test.outcome, test.type, test.detail) = (.skipped, nil, nil)
        test.message = cell.outcome == nil ? "not yet" : "not run: \(cell.message ?? "the cell ended before it")"
        let isRunning = cell.phase == test.phase && (cell.step == test.step || test.phase == .create)
        if isRunning, let log = activity(of: name, cell, draft.started).log { test.attachments = [log] }
        return test
    }
}
