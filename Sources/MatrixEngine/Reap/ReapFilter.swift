public import MatrixCore

/// What `matrix reap` may remove: nothing in use, nothing kept and not expired, nothing of others.
public struct ReapFilter: Sendable {
    /// Only of this run.
    var run: RunID?
    /// Only of this platform, by its name in the matrix file.
    var platform: String?
    /// Only what is at least this old.
    var olderThan: Duration?
    /// This machine, as in owners.
    var machine: String
    /// The present moment.
    var now: Timestamp

    public init(run: RunID? = nil, platform: String? = nil, olderThan: Duration? = nil, machine: String, now: Timestamp = .wall) {
        self.run = run
        self.platform = platform
        self.olderThan = olderThan
        self.machine = machine
        self.now = now
    }

    /// Whether a lease stays up on purpose, for now.
    public func isKept(_ lease: Lease) -> Bool {
        lease.state == .kept && !hasExpired(lease.resource)
    }

    /// Whether a lease's resource may be removed.
    func takes(_ lease: Lease) -> Bool {
        guard !isKept(lease), !isInUse(lease) else { return false }
        return isMeant(lease.resource.run) && isMeant(lease.resource.platform) && isOldEnough(lease.since)
    }

    /// Whether the platforms of a run without an end may be asked for resources without a lease.
    func takes(_ record: RunRecord) -> Bool {
        isMeant(record.run) && (platform.map { record.platforms[$0] != nil } ?? true) && isOldEnough(record.started)
    }

    /// Whether a resource known only by its tags may be removed: it has expired, or the user names its run. Its age
    /// comes from its run's name.
    func takesByTag(_ resource: Resource) -> Bool {
        guard isMeant(resource.platform) else { return false }
        if let olderThan { guard let began = resource.run.began, began + olderThan <= now else { return false } }
        return run.map { $0 == resource.run } ?? hasExpired(resource)
    }

    /// Resources of a living process stay. Processes of other machines cannot be seen from here: their resources go when they
    /// have expired, or if the user names their run.
    private func isInUse(_ lease: Lease) -> Bool {
        guard lease.isOwnerAlive else { return false }
        if lease.owner.machine == machine { return true }
        return run == nil && !hasExpired(lease.resource)
    }

    private func hasExpired(_ resource: Resource) -> Bool { resource.expires.map { $0 <= now } ?? false }

    private func isMeant(_ run: RunID) -> Bool { self.run.map { $0 == run } ?? true }

    private func isMeant(_ platform: String) -> Bool { self.platform.map { $0 == platform } ?? true }

    private func isOldEnough(_ since: Timestamp) -> Bool { olderThan.map { since + $0 <= now } ?? true }
}
