internal import MatrixCore

/// Leases a pool's hosts to cells: all hosts of a cell at once, first come, first served, for all processes of a state folder.
/// The hosts themselves show leases of other state folders.
struct PoolLending: Sendable {
    let pool: String
    let settings: StaticSettings
    let source: PoolSource
    let book: any PoolBook
    let silent: UnresponsiveHosts
    let care: PoolCare

    /// Waits until every host of the cell has a machine that is free and reset.
    ///
    /// - Throws: `InfrastructureError` if the pool is too small, or others hold its hosts for longer than the settings allow.
    func reserve(_ cell: CellPlan, run: RunID, expires: Timestamp?, waiting: @escaping @Sendable (String) -> Void) async throws {
        let machines = try await source.machines()
        try await book.know(Dictionary(machines.map { ($0.id, $0.name) }) { $1 }, of: pool)
        guard HostAssignment(cell: cell, machines: machines).isPossible else { throw tooSmall(cell, machines, []) }
        let turn = PoolQueueTicket(cell: cell, run: run, expires: expires, machines: machines, book: book, pool: pool)
        try await withCleanup {
            try await wait(turn, waiting)
        } cleanup: {
            await turn.end()
        }
    }

    private func wait(_ turn: PoolQueueTicket, _ waiting: @escaping @Sendable (String) -> Void) async throws {
        let begun = ContinuousClock.now
        var told = ""
        while true {
            try Task.checkCancellation()
            let view = try await turn.look()
            var elsewhere: String?
            let usable = turn.machines.filter { view.quarantined[$0.id] == nil }
            guard HostAssignment(cell: turn.cell, machines: usable).isPossible else {
                throw tooSmall(turn.cell, turn.machines, view.quarantined.values.sorted())
            }
            if let seats = HostAssignment(cell: turn.cell, machines: silent.last(usable.filter { view.isFree($0) })).seats() {
                switch try await take(seats, turn, view, waiting) {
                case .all: return
                case .none: continue
                case .elsewhere(let holders): elsewhere = holders
                }
            }
            try await turn.queue()
            let isOthers = elsewhere != nil || view.isHeldByOthers(than: turn.run)
            let holders = elsewhere ?? view.holders
            if isOthers, ContinuousClock.now - begun >= settings.wait { throw outOfPatience(turn.cell, holders) }
            let wish = HostAssignment(cell: turn.cell, machines: usable).wish
            let reason = elsewhere.map { "waiting for \(wish): \($0)" } ?? view.reason(wish)
            if reason != told { waiting(reason) }
            told = reason
            // Asking the ledger is cheap, asking hosts is not.
            try await Task.sleep(for: .milliseconds(elsewhere == nil ? Int.random(in: 500...1000) : Int.random(in: 2000...3000)))
        }
    }

    /// The result of leasing a cell's machines.
    private enum Taking {
        case all
        /// Another cell was faster, or a machine failed.
        case none
        /// Runs of other state folders hold some; the text names them.
        case elsewhere(String)
    }

    /// Leases the machines, in the ledger and on themselves, and resets those that need it.
    private func take(
        _ seats: [String: PoolMachine], _ turn: PoolQueueTicket, _ view: PoolView, _ waiting: @escaping @Sendable (String) -> Void
    ) async throws -> Taking {
        let names = Dictionary(seats.map { ($0.value.id, "\($0.key)-\(turn.run)") }) { first, _ in first }
        guard try await book.lease(names, of: pool, run: turn.run, cell: turn.cell.name, until: turn.expires) else {
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...200)))
            return .none
        }
        let opened = await mapConcurrently(Array(seats.values), limit: seats.count) { machine in
            (machine, await open(machine, view.records[machine.id], turn, waiting))
        }
        if opened.allSatisfy({ $0.1.isReady }) { return .all }
        await Task { for (machine, outcome) in opened { await giveBack(machine, outcome, turn.run) } }.value
        for case (_, .failed(let error)) in opened { waiting("\(error)") }
        try Task.checkCancellation()
        let holders = opened.compactMap { if case .elsewhere(let holder) = $0.1 { holder } else { nil } }
        return holders.isEmpty ? .none : .elsewhere(holders.sorted().joined(separator: ", "))
    }

    /// The result for one machine that the ledger has leased.
    private enum Opening: Sendable {
        case ready
        /// A run of another state folder holds it; the text names the run.
        case elsewhere(String)
        case failed(any Error)

        var isReady: Bool { if case .ready = self { true } else { false } }
    }

    /// Takes the lease on the machine itself and resets it if needed. If a machine does not answer, its create reports that.
    private func open(_ machine: PoolMachine, _ record: PoolHost?, _ turn: PoolQueueTicket, _ waiting: @Sendable (String) -> Void) async
        -> Opening
    {
        do {
            var left = record?.changes
            switch try await answer(of: machine, turn) {
            case .held(let run, let until)?:
                silent.note(machine, isSilent: true)
                return .elsewhere(Self.elsewhere(machine, run, until))
            case .taken(let changes?)? where left == nil:
                // A run of another state folder, or one whose ledger is lost, never undid them.
                left = changes.value
                try await book.note(changes.value, on: machine.id)
            case .taken?, nil: break
            }
            guard left != nil || record.map(care.needsReset) ?? false else { return .ready }
            waiting("resetting \(machine.name): it was not handed back clean")
            try await care.reset(machine, left, keys: nil)
            return .ready
        } catch {
            return .failed(error)
        }
    }

    private func answer(of machine: PoolMachine, _ turn: PoolQueueTicket) async throws -> HostLease.Answer? {
        do {
            return try await care.lease(machine, run: turn.run, expires: turn.expires)
        } catch {
            try Task.checkCancellation()
            silent.note(machine, isSilent: true)
            return nil
        }
    }

    private func giveBack(_ machine: PoolMachine, _ outcome: Opening, _ run: RunID) async {
        // A host in quarantine keeps its lease, so that others stay away. Cancelled work may have taken the lease already.
        switch outcome {
        case .ready, .failed(is CancellationError): await care.release(machine)
        case .elsewhere, .failed: break
        }
        try? await book.giveBack(machine.id, of: run, isClean: false)
    }

    /// Who holds a machine that is free according to this ledger.
    static func elsewhere(_ machine: PoolMachine, _ run: RunID, _ until: Timestamp) -> String {
        "\(machine.name) is held by run \(run) of another state folder until \(until)"
    }

    private func tooSmall(_ cell: CellPlan, _ machines: [PoolMachine], _ quarantined: [String]) -> InfrastructureError {
        let fitting = machines.filter { machine in cell.hosts.contains { machine.fits($0, of: cell) } }
        let has = fitting.isEmpty ? "no host that fits" : "\(fitting.count) that fit (\(fitting.map(\.name).joined(separator: ", ")))"
        let out = quarantined.isEmpty ? "" : "; in quarantine: \(quarantined.joined(separator: ", "))"
        return InfrastructureError(
            "no hosts for \(cell.name)",
            why: "it needs \(HostAssignment(cell: cell, machines: machines).wish), but the pool \(pool) has \(has)\(out)",
            next: quarantined.isEmpty
                ? "add hosts to the pool, or correct their os, roles and size"
                : "repair them, then: matrix pool lift \(quarantined.map { String($0.prefix { $0 != " " }) }.joined(separator: " "))",
            type: .createPool, isTransient: false)
    }

    private func outOfPatience(_ cell: CellPlan, _ holders: String) -> InfrastructureError {
        InfrastructureError(
            "no hosts for \(cell.name)", why: settings.wait == .zero ? holders : "after \(settings.wait.brief): \(holders)",
            next: "wait until the other run has ended, or raise wait: in the settings of \(pool); see matrix status", type: .createPool,
            isTransient: false)
    }
}
