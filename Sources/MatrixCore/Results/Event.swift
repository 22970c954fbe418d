/// Something that happens during a run: progress displays show it, and `events.ndjson` keeps it.
public struct Event: Sendable, Codable {
    /// What happened.
    public enum Kind: Sendable, Codable {
        case runStarted(matrix: String, cells: [String], notSelected: Int)
        /// A cell's turn has come.
        case cellStarted
        case phaseStarted(Phase, attempt: Int)
        case phaseFinished(PhaseResult)
        case stepStarted(Phase, step: String)
        /// A part of a step begins: a task of a playbook, a stage of a recipe.
        case taskStarted(Phase, step: String, task: String)
        case caseFinished(CaseResult)
        /// A line of output of a step.
        case output(Phase, step: String, host: String?, line: String)
        /// Why the cell waits: `waiting for SSH: connection refused`. Without a cell, what the run does before, between and after its
        /// cells.
        case waiting(String)
        case retrying(Phase, attempt: Int, because: String)
        case warning(String)
        case cellFinished(Outcome, message: String?)
        /// A signal or `--fail-fast`: no new work, everything is taken down.
        case stopping(because: String)
        case resourceLeaked(Leak)
        case runFinished(exitStatus: ExitStatus, reports: String)
    }

    public var time: Timestamp
    /// Nil for the run as a whole.
    public var cell: String?
    public var kind: Kind

    public init(time: Timestamp = .now, cell: String? = nil, _ kind: Kind) {
        self.time = time
        self.cell = cell
        self.kind = kind
    }
}

/// Receives events from all cells at once. Must not block for long; each cell's events stay in order.
public protocol EventSink: Sendable {
    func emit(_ event: Event)
}
