/// The result of a cell's phase, as the ledger keeps it for the process that resumes the cell.
public struct PhaseRecord: Sendable, Codable {
    public var phase: Phase
    /// The worst of its tries and cases; `skipped` for a destroy that kept the cell.
    public var outcome: Outcome
    public var finished: Timestamp
    /// Every try, in order.
    public var tries: [PhaseResult]
    /// Its cases; the default checks of a cell belong to its provision.
    public var cases: [CaseResult]
    /// All hosts of the cell with what is known of them by then.
    public var hosts: [HostResult]
    /// Why the cell ended here; nil if it went on.
    public var ended: String?

    public init(
        _ phase: Phase, outcome: Outcome, finished: Timestamp, tries: [PhaseResult] = [], cases: [CaseResult] = [],
        hosts: [HostResult] = [],
        ended: String? = nil
    ) {
        self.phase = phase
        self.outcome = outcome
        self.finished = finished
        self.tries = tries
        self.cases = cases
        self.hosts = hosts
        self.ended = ended
    }
}
