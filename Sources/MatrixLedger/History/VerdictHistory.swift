public import MatrixCore

/// The verdicts of one cell, or of one of its cases, in the last runs.
public struct VerdictHistory: Sendable, Hashable, Codable {
    /// One run's verdict.
    public struct Verdict: Sendable, Hashable, Codable {
        var run: RunID
        var finished: Timestamp
        public var outcome: Outcome
        /// Earlier tries in the same run that did not pass.
        public var attempts: Int

        public init(run: RunID, finished: Timestamp, outcome: Outcome, attempts: Int = 0) {
            self.run = run
            self.finished = finished
            self.outcome = outcome
            self.attempts = attempts
        }
    }

    public var matrix: String
    public var cell: String
    /// Nil for the cell as a whole.
    public var phase: Phase?
    public var step: String?
    public var name: String?
    /// Oldest first; at least one.
    public var verdicts: [Verdict]

    public init(matrix: String, cell: String, phase: Phase? = nil, step: String? = nil, name: String? = nil, verdicts: [Verdict]) {
        self.matrix = matrix
        self.cell = cell
        self.phase = phase
        self.step = step
        self.name = name
        self.verdicts = verdicts
    }

    /// How often it changed between passed and a problem, or passed only on a further try. A change of the tested thing explains
    /// this once; chance explains it often.
    var flips: Int {
        let asked = verdicts.filter { $0.outcome != .skipped && $0.outcome != .interrupted }
        let changes = zip(asked, asked.dropFirst()).count { ($0.outcome == .passed) != ($1.outcome == .passed) }
        return changes + asked.count { $0.outcome == .passed && $0.attempts > 0 }
    }

    /// Whether it is flaky: it changed back and forth at least once, or passed on a further try.
    public var isFlaky: Bool { flips > 1 || verdicts.contains { $0.outcome == .passed && $0.attempts > 0 } }

    public var passed: Int { verdicts.count { $0.outcome == .passed } }
    /// Verdicts that say something: neither skipped nor interrupted.
    public var asked: Int { verdicts.count { $0.outcome != .skipped && $0.outcome != .interrupted } }
}

/// A case in its cell and matrix.
private struct HistoryPlace: Hashable {
    var matrix: String
    var cell: String
    var test: FormerCase
}

extension VerdictHistory {
    /// The identity of the case; nil for a cell as a whole.
    fileprivate var test: FormerCase? {
        guard let phase, let step, let name else { return nil }
        return FormerCase(phase: phase, step: step, name: name)
    }
}

extension [VerdictHistory] {
    /// The same histories, with the verdicts of a case under its former name joined to those under its present name.
    var joiningFormerNames: [VerdictHistory] {
        var places: [HistoryPlace: Int] = [:]
        for (index, history) in enumerated() {
            if let test = history.test { places[HistoryPlace(matrix: history.matrix, cell: history.cell, test: test)] = index }
        }
        var joined = self
        var gone: Set<Int> = []
        for (_, cell) in Dictionary(grouping: indices, by: { [self[$0].matrix, self[$0].cell] }) {
            let former = FormerCase.all(of: cell.compactMap { self[$0].test }.map { (phase: $0.phase, step: $0.step, name: $0.name) })
            for index in cell {
                guard let now = self[index].test, let then = former[now],
                    let old = places[HistoryPlace(matrix: self[index].matrix, cell: self[index].cell, test: then)], !gone.contains(old),
                    let end = self[old].verdicts.last?.finished, let begin = self[index].verdicts.first?.finished, end <= begin
                else { continue }
                joined[index].verdicts = self[old].verdicts + self[index].verdicts
                gone.insert(old)
            }
        }
        return joined.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
    }

    /// Flaky ones first, those that changed most before the others; then those that did not pass last; the rest keeps its order.
    var flakyFirst: [VerdictHistory] {
        func rank(_ item: (offset: Int, element: VerdictHistory)) -> (Int, Int, Int, Int) {
            let history = item.element
            return (
                history.isFlaky ? 0 : 1, history.isFlaky ? -history.flips : 0, history.verdicts.last?.outcome == .passed ? 1 : 0,
                item.offset
            )
        }
        return enumerated().sorted { rank($0) < rank($1) }.map(\.element)
    }
}
