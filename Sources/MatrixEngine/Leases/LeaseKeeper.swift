import MatrixCore

/// Acquires and releases resources through the ledger: the intent is on disk before a create, the id after it, and a
/// resource counts as gone only when its platform says so.
struct LeaseKeeper: Sendable {
    let ledger: any Ledger
    /// For the reasons on the ledger why something may be left.
    let redactor: Redactor
    /// The pauses between tries to remove something.
    var backoff = Backoff(first: .milliseconds(500), factor: 2, most: .seconds(10))

    /// The result of removing a resource.
    enum Settlement: Sendable {
        /// Confirmed as gone.
        case gone
        /// It was not found, but its create may still be under way: ask again, not before this time. It stays on the ledger.
        case pending(until: Timestamp)
        case leaked(Leak)
    }

    // MARK: - Acquiring

    /// Creates one resource. Only `limit` ends it early, not the caller's cancellation: a cancelled create may have succeeded.
    ///
    /// - Parameter failed: called with what was not made, before its remains are removed.
    /// - Throws: the platform's error, after the ledger knows whether something is left.
    func acquire(
        _ resource: Resource, for cell: CellPlan, on platform: any Platform, within limit: Duration,
        failed: @escaping @Sendable (Resource) async -> Void = { _ in }
    ) async throws -> HeldLease {
        try Task.checkCancellation()
        return try await uncancelled {
            let lease = try await ledger.intend(resource)
            let begun = Timestamp.now
            do {
                let made = try await withDeadline(limit) { try await platform.create(resource, for: cell) }
                return try await confirm(made, lease, since: begun, on: platform)
            } catch {
                await failed(resource)
                _ = await settle(HeldLease(id: lease, resource: resource), on: platform, within: limit)
                throw error
            }
        }
    }

    private func confirm(_ resource: Resource, _ lease: LeaseID, since begun: Timestamp, on platform: any Platform) async throws
        -> HeldLease
    {
        do {
            try await ledger.created(lease, resource)
        } catch {
            // The ledger is broken (disk full): nothing unrecorded may stay.
            try? await withDeadline(.seconds(60)) { try await destroyPatiently(resource, on: platform) }
            throw error
        }
        return HeldLease(id: lease, resource: resource, since: begun)
    }

    // MARK: - Removing

    /// Removes a resource and confirms it; retries until `limit`.
    ///
    /// - Returns: the leak, if it could not be confirmed as gone; the ledger then lists it.
    @discardableResult
    func release(_ lease: HeldLease, on platform: any Platform, within limit: Duration) async -> Leak? {
        do {
            try await withDeadline(limit) { try await destroyPatiently(lease.resource, on: platform) }
            try await ledger.destroyed(lease.id)
            return nil
        } catch {
            return await leak(lease, on: platform, why: reason(error))
        }
    }

    /// Finds out the fate of a resource whose state is unknown (a create without a reply, a destroy that failed), and
    /// removes it.
    func settle(_ lease: HeldLease, on platform: any Platform, within limit: Duration) async -> Settlement {
        do {
            // Both are read before the platform is asked: a resource that it does not have then can still appear within this time.
            let settling = lease.resource.id.isEmpty ? await platform.settleTime(of: lease.resource) : .zero
            let asked = Timestamp.wall
            let wasThere = try await withDeadline(limit) { try await removeAll(of: lease, on: platform) }
            if !wasThere, settling > .zero, let wait = try await unsettled(lease, asked: asked, settling) { return .pending(until: wait) }
            try await ledger.destroyed(lease.id)
            return .gone
        } catch {
            return .leaked(await leak(lease, on: platform, why: reason(error)))
        }
    }

    /// Settles leases of one platform, and asks again for those whose creates may still be under way until that is certain.
    ///
    /// - Parameter done: called with the result of each: its leak, or nil if it is gone.
    func settleAll(_ leases: [Lease], on platform: any Platform, within limit: Duration, done: (Lease, Leak?) -> Void) async {
        var pending = leases
        for round in 1...Self.rounds {
            var again: [Lease] = []
            var until = Timestamp.wall
            for lease in pending {
                switch await settle(HeldLease(lease), on: platform, within: limit) {
                case .gone: done(lease, nil)
                case .leaked(let leak): done(lease, leak)
                case .pending(let time):
                    again.append(lease)
                    until = max(until, time)
                }
            }
            pending = again
            if pending.isEmpty || round == Self.rounds { break }
            // Bounded: the clock may be set back in between.
            try? await Task.sleep(for: .seconds(min(max(0, until.seconds(since: .wall)), 60)))
        }
        for lease in pending {
            done(lease, Self.leak(lease.resource, on: platform, since: lease.since, why: "its create may still be under way"))
        }
    }

    /// How often to ask for resources that may still appear.
    private static let rounds = 4

    /// Removes a resource without a lease, found only by its tag.
    func remove(_ resource: Resource, on platform: any Platform, within limit: Duration) async -> Leak? {
        do {
            try await withDeadline(limit) { try await destroyPatiently(resource, on: platform) }
            return nil
        } catch {
            return Self.leak(resource, on: platform, since: nil, why: reason(error))
        }
    }

    /// Removes a lease's resource from its platform.
    /// - Returns: whether there was anything.
    private func removeAll(of lease: HeldLease, on platform: any Platform) async throws -> Bool {
        let found = try await platform.remaining(of: lease.resource.run)
        var ours = found.filter { $0.name == lease.resource.name && $0.kind == lease.resource.kind }
        // It may have lost its tag; by its id it is still ours.
        if ours.isEmpty, !lease.resource.id.isEmpty { ours = [lease.resource] }
        for resource in ours { try await destroyPatiently(resource, on: platform) }
        return !ours.isEmpty
    }

    /// When to ask again for a resource that was not there; nil if its create can no longer be under way.
    private func unsettled(_ lease: HeldLease, asked: Timestamp, _ settling: Duration) async throws -> Timestamp? {
        let settled = try await ledger.absent(lease.id) + settling
        return settled <= asked ? nil : settled
    }

    private func destroyPatiently(_ resource: Resource, on platform: any Platform) async throws {
        for attempt in 1... {
            do {
                return try await platform.destroy(resource)
            } catch let error as InfrastructureError where !error.isTransient {
                throw error
            } catch {
                if Task.isCancelled { throw error }
                // Its last error explains more than the timeout does.
                guard (try? await Task.sleep(for: backoff.pause(before: attempt))) != nil else { throw error }
            }
        }
    }

    private func leak(_ lease: HeldLease, on platform: any Platform, why: String) async -> Leak {
        try? await ledger.leaked(lease.id, why: why)
        return Self.leak(lease.resource, on: platform, since: lease.since, why: why)
    }

    static func command(for resource: Resource) -> String { "matrix reap --run \(resource.run) --yes" }

    static func leak(_ resource: Resource, on platform: any Platform, since: Timestamp?, why: String) -> Leak {
        Leak(
            resource: resource, why: why, command: command(for: resource),
            price: platform.price(of: resource), since: since)
    }

    private func reason(_ error: any Error) -> String {
        shown((error as? InfrastructureError).map { "\($0.what): \($0.why)" } ?? "\(error)")
    }

    /// A text for the ledger and terminals: free of secrets.
    func shown(_ text: String) -> String { redactor.redact(text) }
}

/// A resource that is on the ledger and held by this process.
struct HeldLease: Sendable {
    var id: LeaseID
    var resource: Resource
    /// When its creation began.
    var since = Timestamp.now
}

extension HeldLease {
    /// Takes over a lease that another process made.
    init(_ lease: Lease) {
        self.init(id: lease.id, resource: lease.resource, since: lease.since)
    }
}
