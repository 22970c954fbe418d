/// How a run or a command ended: the process's exit status, as cli.md lists them.
public enum ExitStatus: Int32, Sendable, Codable, CaseIterable {
    /// Every verdict passed.
    case passed = 0
    /// A deploy or verify verdict failed.
    case failed = 1
    /// The command line or the matrix file is wrong; nothing was created.
    case usage = 2
    /// Infrastructure kept a verdict from being reached, or a report from being written.
    case infrastructure = 3
    /// A resource may be left behind.
    case leaked = 4
    /// Ended by SIGHUP, as when its terminal is closed; torn down.
    case hungUp = 129
    /// Ended by SIGINT, torn down.
    case interrupted = 130
    /// Ended by SIGKILL, or with its machine: only on the ledger, for a run that `reap` closed.
    case killed = 137
    /// Ended by SIGTERM, torn down.
    case terminated = 143

    /// Whether a signal ended the run before its time.
    public var isInterruption: Bool { rawValue > 128 }

    /// The most serious comes first.
    private static let order: [ExitStatus] = [.leaked, .interrupted, .terminated, .hungUp, .killed, .infrastructure, .failed, .usage]

    /// The most serious of several.
    public static func worst(of statuses: [ExitStatus]) -> ExitStatus {
        order.first(where: statuses.contains) ?? .passed
    }

    /// The status of a run.
    ///
    /// - Parameter signal: the status that a signal asks for, if one ended the run: hung up, interrupted or terminated.
    public static func of(_ cells: [CellResult], leaks: [Leak], signal: ExitStatus?) -> ExitStatus {
        if !leaks.isEmpty { return .leaked }
        if let signal { return signal }
        let counted = Set(cells.filter { !$0.experimental }.map(\.outcome))
        let reachedVerdict = cells.contains { $0.outcome == .passed || $0.outcome == .failed }
        if !reachedVerdict || counted.contains(.error) { return .infrastructure }
        // Only --fail-fast interrupts without a signal, and the cell that caused it counts.
        return counted.isDisjoint(with: [.failed, .interrupted]) ? .passed : .failed
    }

    /// The status of tried checks: as for a run, no verdict at all is not a success.
    public static func of(_ cases: [CaseResult]) -> ExitStatus {
        let outcomes = Set(cases.map(\.outcome))
        if outcomes.contains(.error) { return .infrastructure }
        if outcomes.contains(.failed) { return .failed }
        return outcomes.contains(.passed) ? .passed : .infrastructure
    }

    /// The status of a command that throws `error`; nil if it is not one of matrix's errors.
    public init?(of error: any Error) {
        switch error {
        case is UsageError: self = .usage
        case is InfrastructureError: self = .infrastructure
        case is LeakError: self = .leaked
        default: return nil
        }
    }
}
