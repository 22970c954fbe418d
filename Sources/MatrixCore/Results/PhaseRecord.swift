/// What one phase of a cell came to, as the ledger keeps it for the process that goes on with the cell.
public struct PhaseRecord: Sendable, Codable {
    public var phase: Phase
    /// The worst of its tries and cases; `skipped` for a destroy that kept the cell.
    public var outcome: Outcome
    public var finished: Timestamp
    /// Every try, in order.
    public var tries: [PhaseResult]
    /// The cases that came in it; those of the checks that guard a cell come in its provision.
    public var cases: [CaseResult]
    /// All hosts of the cell with what is known of them by then.
    public var hosts: [HostResult]
    /// Why the cell went no further, where it did not.
    public var ended: String?

    public init(
        _ phase: Phase, outcome: Outcome, finished: Timestamp, tries: [PhaseResult] = [], cases: [CaseResult] = [], hosts: [HostResult] = [],
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
