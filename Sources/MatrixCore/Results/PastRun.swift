/// An earlier run of a matrix, for comparison in a report.
public struct PastRun: Sendable, Hashable, Codable {
    /// A case that failed, was an error or was interrupted.
    public struct Problem: Sendable, Hashable, Codable {
        public var cell: String
        public var phase: Phase
        public var step: String
        public var name: String
        public var outcome: Outcome

        public init(cell: String, phase: Phase, step: String, name: String, outcome: Outcome) {
            self.cell = cell
            self.phase = phase
            self.step = step
            self.name = name
            self.outcome = outcome
        }
    }

    public var run: RunID
    public var started: Timestamp
    /// As in cli.md.
    public var exitStatus: ExitStatus
    var commit: String?
    /// By the cells' names.
    public var outcomes: [String: Outcome]
    /// Nil if only the cells' outcomes are known.
    public var problems: [Problem]?

    public init(
        run: RunID, started: Timestamp, exitStatus: ExitStatus, commit: String? = nil, outcomes: [String: Outcome],
        problems: [Problem]? = nil
    ) {
        self.run = run
        self.started = started
        self.exitStatus = exitStatus
        self.commit = commit
        self.outcomes = outcomes
        self.problems = problems
    }
}
