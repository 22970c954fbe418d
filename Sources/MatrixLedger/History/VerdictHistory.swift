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

extension [VerdictHistory] {
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
