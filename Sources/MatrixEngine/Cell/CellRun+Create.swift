import MatrixCore
internal import Synchronization

extension CellRun {
    /// Creates the cell's hosts and connects to them; a failed attempt is taken down before the next.
    ///
    /// - Returns: nil if the cell has no hosts; the reason is on the record.
    func createPhase() async -> [Host]? {
        var started = Timestamp.now
        let tries = cell.retries[.create, default: 0] + 1
        var attempts: [Attempt] = []
        for number in 1...tries {
            if number > 1 {
                // The wait for a turn does not count as the phase's time.
                let asked = Timestamp.now
                guard await takeTurn(after: attempts) else { return nil }
                started = started + .seconds(Timestamp.now.seconds(since: asked))
            }
            creation.restart(number)
            let result = await attempt(.create, number, within: remaining(of: .create, since: started)) { try await createHosts() }
            switch result {
            case .success(let hosts):
                finishCreate(started: started, attempts: attempts)
                return hosts
            case .failure(let error):
                guard number < tries, isWorthAnotherTry(error, .create, since: started) else {
                    await failCreate(error, started: started, attempts: attempts)
                    return nil
                }
                await evidence.forget()
                attempts.append(retrying(.create, number, error))
                await Task { await giveUpAttempt() }.value
            }
        }
        return nil
    }

    /// Waits until the platform has reserved room for the cell and it is its turn; false if that fails: the reason is on the record.
    func takeTurn(after attempts: [Attempt] = []) async -> Bool {
        let started = Timestamp.now
        control.touch()
        do {
            try await platform.reserve(cell, run: options.run, expires: expires) { waits(for: $0) }
            try await turn.take { waits(for: "waiting for its turn: limits.platform.\(cell.platform).create") }
            return true
        } catch {
            await failCreate(error, started: started, attempts: attempts)
            return false
        }
    }

    /// Says what the cell waits for, and keeps it for the create's log.
    private func waits(for reason: String) {
        record.emit(.waiting(reason))
        creation.wait(reason)
    }

    private func finishCreate(started: Timestamp, attempts: [Attempt]) {
        creation.finish()
        record.add(
            CaseResult(
                phase: .create, step: "create", name: "create", outcome: .passed, started: started,
                seconds: Timestamp.now.seconds(since: started), attempts: attempts, attachments: [creation.name].compactMap(\.self)))
    }

    func giveUpAttempt() async {
        record.forgetHosts()
        await connections.closeAll()
        for stage in await leases.takeAll() {
            _ = await mapConcurrently(stage, limit: stage.count) { lease in
                await release(lease)
            }
        }
    }

    private func createHosts() async throws -> [Host] {
        let made = try await acquireInTurn()
        let lent = made.filter { $0.resource.host != nil }
        return try await collect(lent) { try await reach($0) }.sorted { position($0) < position($1) }
    }

    private func acquireInTurn() async throws -> [HeldLease] {
        defer { turn.leave() }
        try await platform.prepare(cell) { waits(for: $0) }
        return try await acquireAll()
    }

    func position(_ host: Host) -> Int { cell.hosts.firstIndex { $0.name == host.name } ?? 0 }

    private func acquireAll() async throws -> [HeldLease] {
        for stage in platform.resources(for: cell, run: options.run, expires: expires) {
            await leases.beginStage()
            _ = try await collect(stage) { resource in
                let lease = try await CreateProgress.$listener.withValue({ waits(for: $0) }) {
                    try await keeper.acquire(
                        resource, for: cell, on: driver(of: resource), within: cell.timeouts[.create], failed: { await witness($0) })
                }
                await leases.add(lease)
                creation.done("\(resource.kind) \(resource.name) is made")
                return lease
            }
        }
        return await leases.all
    }

    /// Runs `work` on all items at once, waits for all of them, then throws the first error.
    func collect<Item: Sendable, Output: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws -> Output
    ) async throws -> [Output] {
        let results = await mapConcurrently(items, limit: items.count) { item -> Result<Output, any Error> in
            do { return .success(try await work(item)) } catch { return .failure(error) }
        }
        return try results.map { try $0.get() }
    }

    func reach(_ lease: HeldLease) async throws -> Host {
        let resource = lease.resource
        guard let plan = cell.hosts.first(where: { $0.name == resource.host }) else {
            throw InfrastructureError(
                "host \(resource.name)", why: "the platform created a host that the cell does not have", isTransient: false)
        }
        let label = plan.label(in: cell.hosts)
        let tell: @Sendable (String) -> Void = { text in
            record.emit(.waiting("\(label): \(text)"))
            creation.wait(text, host: label)
        }
        let endpoint = try await driver(of: resource).ready(resource, for: cell, waiting: tell).checked()
        try await parts.ledger.reachable(lease.id, at: endpoint)
        let open = try await driver(of: resource).connection(to: resource, at: endpoint)
        let transport: any Transport = if let open { open } else { try await parts.connector.connect(to: endpoint, waiting: tell) }
        await connections.add(transport)
        record.add(
            HostResult(
                name: plan.name, role: plan.role, address: endpoint.address, resource: resource.id,
                facts: driver(of: resource).facts(resource)))
        creation.done("connected to \(endpoint.user)@\(endpoint.address):\(endpoint.port)", host: label)
        let host = Host(plan: plan, resource: resource, endpoint: endpoint, transport: transport)
        record.addCommands(of: host)
        return host
    }
}

/// A cell's place among those that its platform may create at once: waited for in the queue, released once.
final class CreateTurn: Sendable {
    private let semaphore: AsyncSemaphore
    private let isHeld = Mutex(false)

    init(_ semaphore: AsyncSemaphore) {
        self.semaphore = semaphore
    }

    /// Waits for the place, unless it is held already.
    ///
    /// - Parameter waiting: called if others are before it.
    /// - Throws: `CancellationError`; then no place is held.
    func take(waiting: () -> Void) async throws {
        guard !isHeld.withLock({ $0 }) else { return }
        try await semaphore.enter(waiting: waiting)
        isHeld.withLock { $0 = true }
    }

    /// Releases the place; does nothing if none is held.
    func leave() {
        let wasHeld = isHeld.withLock { isHeld in
            defer { isHeld = false }
            return isHeld
        }
        if wasHeld { semaphore.leave() }
    }
}
