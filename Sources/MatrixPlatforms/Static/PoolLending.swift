internal import MatrixCore

/// Leases a pool's hosts to cells: all hosts of a cell at once, first come first served, also between processes.
struct PoolLending: Sendable {
    let pool: String
    let settings: StaticSettings
    let source: PoolSource
    let book: any PoolBook
    let silent: SilentHosts
    let care: PoolCare

    /// Waits until every host of the cell has a machine that is free and reset.
    ///
    /// - Throws: `InfrastructureError` where the pool is too small, or others keep it for longer than the settings allow.
    func reserve(_ cell: CellPlan, run: RunID, expires: Timestamp?, waiting: @escaping @Sendable (String) -> Void) async throws {
        let machines = try await source.machines()
        try await book.know(machines.map { PoolMember(name: $0.name, machine: $0.id) }, of: pool)
        guard Seating(cell: cell, machines: machines).isPossible else { throw tooSmall(cell, machines, []) }
        let turn = Turn(cell: cell, run: run, expires: expires, machines: machines, book: book, pool: pool)
        try await withCleanup {
            try await wait(turn, waiting)
        } cleanup: {
            await turn.end()
        }
    }

    private func wait(_ turn: Turn, _ waiting: @escaping @Sendable (String) -> Void) async throws {
        let begun = ContinuousClock.now
        var told = ""
        while true {
            try Task.checkCancellation()
            let view = try await turn.look()
            let usable = turn.machines.filter { view.quarantined[$0.id] == nil }
            guard Seating(cell: turn.cell, machines: usable).isPossible else { throw tooSmall(turn.cell, turn.machines, view.quarantined.values.sorted()) }
            if let seats = Seating(cell: turn.cell, machines: silent.last(usable.filter { view.isFree($0) })).seats() {
                if try await take(seats, turn, view, waiting) { return }
                continue
            }
            try await turn.queue()
            if view.isHeldByOthers(than: turn.run), ContinuousClock.now - begun >= settings.wait { throw outOfPatience(turn.cell, view) }
            let reason = view.reason(Seating(cell: turn.cell, machines: usable).wish)
            if reason != told { waiting(reason) }
            told = reason
            try await Task.sleep(for: .milliseconds(Int.random(in: 500...1000)))
        }
    }

    /// Leases the machines and resets those that need it; false where another was faster, or one is out of order now.
    private func take(
        _ seats: [String: PoolMachine], _ turn: Turn, _ view: PoolView, _ waiting: @escaping @Sendable (String) -> Void
    ) async throws -> Bool {
        let names = Dictionary(uniqueKeysWithValues: seats.map { ($0.value.id, "\($0.key)-\(turn.run)") })
        guard try await book.lease(names, of: pool, run: turn.run, cell: turn.cell.name, until: turn.expires) else {
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...200)))
            return false
        }
        let machines = Array(seats.values)
        let outcomes = await mapConcurrently(machines, limit: machines.count) { machine -> Result<Void, any Error> in
            guard let record = view.records[machine.id], care.needsReset(record) else { return .success(()) }
            waiting("resetting \(machine.name): it was not handed back clean")
            do { return .success(try await care.reset(machine, record, keys: nil)) } catch { return .failure(error) }
        }
        if !outcomes.contains(where: { $0.isFailure }) { return true }
        await Task { [book] in
            for machine in machines { try? await book.giveBack(machine.id, of: turn.run, isClean: false) }
        }.value
        for case .failure(let error) in outcomes { waiting("\(error)") }
        try Task.checkCancellation()
        return false
    }

    private func tooSmall(_ cell: CellPlan, _ machines: [PoolMachine], _ quarantined: [String]) -> InfrastructureError {
        let fitting = machines.filter { machine in cell.hosts.contains { machine.fits($0, of: cell) } }
        let has = fitting.isEmpty ? "none" : "\(fitting.count) (\(fitting.map(\.name).joined(separator: ", ")))"
        let out = quarantined.isEmpty ? "" : "; in quarantine: \(quarantined.joined(separator: ", "))"
        return InfrastructureError(
            "no hosts for \(cell.name)", why: "it needs \(Seating(cell: cell, machines: machines).wish), the pool \(pool) has \(has) that fit\(out)",
            next: quarantined.isEmpty
                ? "add hosts to the pool, or correct their os, roles and size"
                : "put them right, then: matrix pool lift \(quarantined.map { String($0.prefix { $0 != " " }) }.joined(separator: " "))",
            type: "matrix.create.pool", isTransient: false)
    }

    private func outOfPatience(_ cell: CellPlan, _ view: PoolView) -> InfrastructureError {
        InfrastructureError(
            "no hosts for \(cell.name)", why: settings.wait == .zero ? view.holders : "after \(settings.wait.brief): \(view.holders)",
            next: "let the other run end, or wait longer with wait: in the settings of \(pool); see matrix status", type: "matrix.create.pool",
            isTransient: false)
    }
}

extension Result {
    fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
