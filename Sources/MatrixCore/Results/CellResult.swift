/// What happened in one cell.
public struct CellResult: Sendable, Codable {
    public var name: String
    public var point: [AxisValue]
    public var platform: String
    public var experimental: Bool
    public var outcome: Outcome
    /// When the run could have begun it.
    public var queued: Timestamp
    /// When it left the queue; equal to `finished` for a cell that never did.
    public var started: Timestamp
    public var finished: Timestamp
    /// Every try of every phase, in order.
    public var phases: [PhaseResult]
    /// The full planned set, in plan order: cases that did not run are skipped with the reason.
    public var cases: [CaseResult]
    public var hosts: [HostResult]
    /// What its hosts cost until now, an amount for each currency; nil if they are free or the price is unknown.
    public var costs: [Cost]?

    public init(
        name: String, point: [AxisValue], platform: String, experimental: Bool = false, outcome: Outcome, queued: Timestamp,
        started: Timestamp, finished: Timestamp, phases: [PhaseResult] = [], cases: [CaseResult] = [], hosts: [HostResult] = [],
        costs: [Cost]? = nil
    ) {
        self.name = name
        self.point = point
        self.platform = platform
        self.experimental = experimental
        self.outcome = outcome
        self.queued = queued
        self.started = started
        self.finished = finished
        self.phases = phases
        self.cases = cases
        self.hosts = hosts
        self.costs = costs
    }
}

/// The outcome of a cell, a phase or a case.
public enum Outcome: String, Sendable, Codable, CaseIterable {
    case passed
    /// There is a verdict, and it is bad.
    case failed
    /// No verdict: infrastructure.
    case error
    /// Stopped by a signal or by `--fail-fast` before a verdict.
    case interrupted
    /// Not run, with a reason.
    case skipped

    /// Failed, error or interrupted.
    public var isProblem: Bool {
        switch self {
        case .failed, .error, .interrupted: true
        case .passed, .skipped: false
        }
    }
}

/// One try of one phase.
public struct PhaseResult: Sendable, Codable, Hashable {
    public var phase: Phase
    /// From one.
    public var attempt: Int
    public var started: Timestamp
    public var finished: Timestamp
    public var outcome: Outcome
    /// Why it did not pass.
    public var message: String?

    public init(phase: Phase, attempt: Int, started: Timestamp, finished: Timestamp, outcome: Outcome, message: String? = nil) {
        self.phase = phase
        self.attempt = attempt
        self.started = started
        self.finished = finished
        self.outcome = outcome
        self.message = message
    }
}

/// A host of a cell as it was.
public struct HostResult: Sendable, Codable, Hashable {
    public var name: String
    public var role: String
    public var address: String
    /// The id at the platform.
    public var resource: String
    /// Facts that reports compare: `os.name`, `kernel`, `image`, `template`, `packages.prometheus`.
    public var facts: [String: String]

    public init(name: String, role: String, address: String, resource: String, facts: [String: String] = [:]) {
        self.name = name
        self.role = role
        self.address = address
        self.resource = resource
        self.facts = facts
    }
}
