import MatrixCore

/// Acquires and releases resources through the ledger: the intent is on disk before a create, the id after it, and a
/// resource counts as gone only when its platform says so.
struct LeaseKeeper: Sendable {
    let ledger: any Ledger
    let backoff: Backoff

    init(ledger: any Ledger, backoff: Backoff = Backoff(first: .milliseconds(500), factor: 2, most: .seconds(10))) {
        self.ledger = ledger
        self.backoff = backoff
    }

    /// Makes one resource. Only `limit` ends it early, not the caller's cancellation: a cancelled create may have made it.
    ///
    /// - Throws: what the platform threw, after the ledger knows whether something is left.
    func acquire(_ resource: Resource, for cell: CellPlan, on platform: any Platform, within limit: Duration) async throws -> HeldLease {
        try Task.checkCancellation()
        return try await uncancelled {
            let lease = try await ledger.intend(resource)
            let begun = Timestamp.now
            do {
                let made = try await withDeadline(limit) { try await platform.create(resource, for: cell) }
                return try await confirm(made, lease, since: begun, on: platform)
            } catch {
                await settle(HeldLease(id: lease, resource: resource), on: platform, within: limit)
                throw error
            }
        }
    }

    /// Removes a resource and confirms it, again and again until `limit`.
    ///
    /// - Returns: the leak, where it could not be confirmed as gone; the ledger then lists it.
    @discardableResult
    func release(_ lease: HeldLease, on platform: any Platform, within limit: Duration) async -> Leak? {
        do {
            try await withDeadline(limit) { try await destroyPatiently(lease.resource, on: platform) }
            try await ledger.destroyed(lease.id)
            return nil
        } catch {
            return await leak(lease, why: reason(error))
        }
    }

    /// Finds out what became of a resource whose state is not known (a create without a reply, a destroy that failed), and
    /// removes it.
    ///
    /// - Returns: the leak, where it could not be confirmed as gone.
    @discardableResult
    func settle(_ lease: HeldLease, on platform: any Platform, within limit: Duration) async -> Leak? {
        do {
            try await withDeadline(limit) {
                let found = try await platform.remaining(of: lease.resource.run)
                var ours = found.filter { $0.name == lease.resource.name && $0.kind == lease.resource.kind }
                // It may have lost its tag; by its id it is still ours.
                if ours.isEmpty, !lease.resource.id.isEmpty { ours = [lease.resource] }
                for resource in ours { try await destroyPatiently(resource, on: platform) }
            }
            try await ledger.destroyed(lease.id)
            return nil
        } catch {
            return await leak(lease, why: reason(error))
        }
    }

    /// Removes a resource that no lease stands for: found by its tag only.
    func remove(_ resource: Resource, on platform: any Platform, within limit: Duration) async -> Leak? {
        do {
            try await withDeadline(limit) { try await destroyPatiently(resource, on: platform) }
            return nil
        } catch {
            return Leak(resource: resource, why: reason(error), command: Self.command(for: resource))
        }
    }

    private func confirm(_ resource: Resource, _ lease: LeaseID, since begun: Timestamp, on platform: any Platform) async throws -> HeldLease {
        do {
            try await ledger.created(lease, resource)
        } catch {
            // The ledger is broken (disk full): nothing may stay that nobody knows of.
            try? await withDeadline(.seconds(60)) { try await destroyPatiently(resource, on: platform) }
            throw error
        }
        return HeldLease(id: lease, resource: resource, since: begun)
    }

    private func destroyPatiently(_ resource: Resource, on platform: any Platform) async throws {
        var attempt = 1
        while true {
            do {
                return try await platform.destroy(resource)
            } catch let error as InfrastructureError where !error.isTransient || Task.isCancelled {
                throw error
            } catch {
                if Task.isCancelled || attempt >= 8 { throw error }
                try await Task.sleep(for: backoff.pause(before: attempt))
                attempt += 1
            }
        }
    }

    private func leak(_ lease: HeldLease, why: String) async -> Leak {
        try? await ledger.leaked(lease.id, why: why)
        return Leak(resource: lease.resource, why: why, command: Self.command(for: lease.resource))
    }

    private static func command(for resource: Resource) -> String { "matrix reap --run \(resource.run) --yes" }

    private func reason(_ error: any Error) -> String {
        (error as? InfrastructureError).map { "\($0.what): \($0.why)" } ?? "\(error)"
    }
}

/// A resource that is on the ledger and held by this process.
struct HeldLease: Sendable {
    var id: LeaseID
    var resource: Resource
    /// When its making began.
    var since = Timestamp.now
}
