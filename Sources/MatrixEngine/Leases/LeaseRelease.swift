public import MatrixCore

/// Takes back single leases, outside of a run: for `destroy`, `reap` and the sweep of dead runs.
public struct LeaseRelease: Sendable {
    private let keeper: LeaseKeeper

    public init(ledger: any Ledger) {
        keeper = LeaseKeeper(ledger: ledger)
    }

    /// Removes a lease's resource, whatever is known of it, and confirms it.
    ///
    /// - Returns: the leak, where it could not be confirmed as gone.
    public func settle(_ lease: Lease, on platform: any Platform, within limit: Duration) async -> Leak? {
        await keeper.settle(HeldLease(id: lease.id, resource: lease.resource), on: platform, within: limit)
    }

    /// Removes a resource that only its tag tells to be ours.
    public func remove(_ resource: Resource, on platform: any Platform, within limit: Duration) async -> Leak? {
        await keeper.remove(resource, on: platform, within: limit)
    }
}
