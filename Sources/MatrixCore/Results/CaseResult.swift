/// One row of a report: a phase's work, a deployer's step or task, a check on a host.
public struct CaseResult: Sendable, Codable {
    /// The phase that it belongs to.
    public var phase: Phase
    /// The step within the phase, the last part of JUnit's classname: `create`, `site`, `verify`.
    public var step: String
    /// Stable over runs: no address, id or measured time. Unique within its step; holds the host's label in a cell of several.
    public var name: String
    public var outcome: Outcome
    public var started: Timestamp
    /// How long it took, in seconds.
    public var seconds: Double
    /// One line: what was wrong, or why it was skipped.
    public var message: String?
    /// Several lines: expected and observed, the command to see it, the output's tail.
    public var detail: String?
    /// A dotted word: `matrix.check.http`, `matrix.create.timeout`.
    public var type: String?
    public var location: SourceLocation?
    /// The host's name; nil if it is not about one host.
    public var host: String?
    /// Earlier tries that did not pass.
    public var attempts: [Attempt]
    /// Files with the full output, relative to the report's folder.
    public var attachments: [String]
    /// Facts to show beside it: `rescued`, `ignored`, `attempts`, `observed`.
    public var properties: [String: String]
    /// What its host showed when the check failed; nil if it was not asked.
    public var evidence: [CheckEvidence]?
    /// What its step changed on the host; nil if the file does not ask that.
    public var changes: [HostChange]?

    public init(
        phase: Phase, step: String, name: String, outcome: Outcome, started: Timestamp, seconds: Double, message: String? = nil,
        detail: String? = nil, type: String? = nil, location: SourceLocation? = nil, host: String? = nil, attempts: [Attempt] = [],
        attachments: [String] = [], properties: [String: String] = [:]
    ) {
        self.phase = phase
        self.step = step
        self.name = name
        self.outcome = outcome
        self.started = started
        self.seconds = seconds
        self.message = message
        self.detail = detail
        self.type = type
        self.location = location
        self.host = host
        self.attempts = attempts
        self.attachments = attachments
        self.properties = properties
    }
}

/// An earlier try of a case that did not pass.
public struct Attempt: Sendable, Codable, Hashable {
    public var outcome: Outcome
    public var message: String
    public var detail: String
    public var type: String

    public init(outcome: Outcome, message: String, detail: String, type: String) {
        self.outcome = outcome
        self.message = message
        self.detail = detail
        self.type = type
    }
}
