/// How a host of a platform is restarted.
public enum RestartWay: Sendable, Hashable {
    /// By its own system: `systemctl reboot`.
    case bySystem
    /// By ``Platform/power(_:on:)``, off and on: a container ends with its first process, and its engine does not start it again.
    case byPower
    /// It must not be restarted.
    case refused(why: String, next: String)
}

/// Restarts hosts of a cell by the means of their platform.
public protocol HostRestarter: Sendable {
    /// Restarts a host and waits until SSH reaches it again, on a later boot than before.
    ///
    /// Later steps of the cell get the host that is returned.
    ///
    /// - Parameters:
    ///   - limit: how long it may take until then.
    ///   - waiting: told the reason for each wait.
    /// - Throws: ``NoReturn`` if it was told to restart and did not come back in time; `InfrastructureError` if it could not be told.
    func restart(_ host: Host, within limit: Duration, waiting: @escaping @Sendable (String) -> Void) async throws -> Host
}

/// A host did not come back from its restart.
public struct NoReturn: Error {
    /// What was seen of it last, in one line.
    public var why: String
    /// What its platform shows of it, the most telling piece first.
    public var evidence: [Evidence]

    public init(_ why: String, evidence: [Evidence] = []) {
        self.why = why
        self.evidence = evidence
    }
}
