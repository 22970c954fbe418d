internal import MatrixCore
import MatrixRemote

/// Leases a pool's hosts to cells: all hosts of a cell at once, first come, first served, for all processes of a state folder.
/// The hosts themselves show leases of other state folders.
struct PoolLending: Sendable {
    let pool: String
    let settings: StaticSettings
    let source: PoolSource
    let book: any PoolBook
    let silent: UnresponsiveHosts
    let care: PoolCare
    let opened: OpenedHosts
    let handBacks: HandBacks
    /// Cells of this process choose one after the other: all of them prefer the same hosts, and only one would get each.
    let choosing: AsyncSemaphore

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
            let seen = handBacks.count
            let choice = try await choosing.withPermit { try await choose(turn) }
            var elsewhere: String?
            if let seats = choice.seats {
                switch try await open(seats, turn, choice.view, waiting) {
                case .all: return
                case .none: continue
                case .elsewhere(let holders): elsewhere = holders
                }
            }
            let view = choice.view
            try await turn.queue()
            let isOthers = elsewhere != nil || view.isHeldByOthers(than: turn.run)
            let holders = elsewhere ?? view.holders
            if isOthers, ContinuousClock.now - begun >= settings.wait { throw outOfPatience(turn.cell, holders) }
            let wish = HostAssignment(cell: turn.cell, machines: []).wish
            let reason = elsewhere.map { "waiting for \(wish): \($0)" } ?? view.reason(wish)
            if reason != told { waiting(reason) }
            told = reason
            // Asking the ledger is cheap, asking hosts is not.
            if elsewhere == nil {
                try await handBacks.wait(since: seen, atMost: .milliseconds(Int.random(in: 500...1000)))
            } else {
                try await Task.sleep(for: .milliseconds(Int.random(in: 2000...3000)))
            }
        }
    }

    /// Looks for machines that are free, and leases them in the ledger.
    ///
    /// - Returns: what the ledger said, and the machine of each host; no machines if some are not free.
    private func choose(_ turn: PoolQueueTicket) async throws -> (view: PoolView, seats: [String: PoolMachine]?) {
        while true {
            let view = try await turn.look()
            let usable = turn.machines.filter { view.quarantined[$0.id] == nil }
            guard HostAssignment(cell: turn.cell, machines: usable).isPossible else {
                throw tooSmall(turn.cell, turn.machines, view.quarantined.values.sorted())
            }
            // A host that does not answer is left out as long as the others are enough, and not waited for again.
            let answering = usable.filter { unreachable($0) == nil }
            guard HostAssignment(cell: turn.cell, machines: answering).isPossible else {
                let fitting = usable.filter { machine in turn.cell.hosts.contains { machine.fits($0, of: turn.cell) } }
                throw fitting.compactMap(unreachable).first ?? tooSmall(turn.cell, turn.machines, [])
            }
            let free = silent.last(answering.filter { view.isFree($0) })
            guard let seats = HostAssignment(cell: turn.cell, machines: free).seats() else { return (view, nil) }
            if try await book.lease(resources(seats, turn.run), of: pool, run: turn.run, cell: turn.cell.name, until: turn.expires) {
                return (view, seats)
            }
            // Another process was faster.
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...200)))
        }
    }

    /// The names of the resources, by machine.
    private func resources(_ seats: [String: PoolMachine], _ run: RunID) -> [String: String] {
        Dictionary(seats.map { ($0.value.id, "\($0.key)-\(run)") }) { first, _ in first }
    }

    /// The result of leasing a cell's machines.
    private enum Taking {
        case all
        /// A machine failed.
        case none
        /// Runs of other state folders hold some; the text names them.
        case elsewhere(String)
    }

    /// Leases the machines that the ledger has leased on themselves too, and resets those that need it.
    private func open(
        _ seats: [String: PoolMachine], _ turn: PoolQueueTicket, _ view: PoolView, _ waiting: @escaping @Sendable (String) -> Void
    ) async throws -> Taking {
        let names = resources(seats, turn.run)
        let outcomes = await mapConcurrently(Array(seats.values), limit: seats.count) { machine in
            // The only host of a cell is opened at once; of several, another may be held elsewhere, and then all go back.
            let resource = seats.count == 1 ? names[machine.id] : nil
            return (machine, await open(machine, view.records[machine.id], turn, as: resource, waiting))
        }
        if outcomes.allSatisfy({ $0.1.isReady }) { return .all }
        await Task { for (machine, outcome) in outcomes { await giveBack(machine, outcome, turn.run) } }.value
        for case (_, .failed(let error)) in outcomes { waiting("\(error)") }
        try Task.checkCancellation()
        let holders = outcomes.compactMap { if case .elsewhere(let holder) = $0.1 { holder } else { nil } }
        return holders.isEmpty ? .none : .elsewhere(holders.sorted().joined(separator: ", "))
    }

    /// The result for one machine that the ledger has leased.
    private enum Opening: Sendable {
        case ready
        /// A run of another state folder holds it; the text names the run.
        case elsewhere(String)
        /// The lease is taken; these changes must be undone first.
        case left(HostChanges)
        case failed(any Error)

        var isReady: Bool { if case .ready = self { true } else { false } }
    }

    /// Takes the lease on the machine itself and resets it if needed.
    ///
    /// - Parameter resource: what it is opened as, if nothing must be undone before; nil only to lease it.
    private func open(
        _ machine: PoolMachine, _ record: PoolHost?, _ turn: PoolQueueTicket, as resource: String?, _ waiting: @Sendable (String) -> Void
    ) async -> Opening {
        do {
            let mustReset = record?.changes != nil || record.map(care.needsReset) ?? false
            let answer = try await answer(of: machine, turn, as: mustReset ? nil : resource)
            var left = record?.changes
            switch answer {
            case .failed(let error) where !mustReset: return .failed(error)
            case .elsewhere: return answer
            case .left(let changes):
                if left == nil {
                    // A run of another state folder, or one whose ledger is lost, never undid them.
                    left = changes.value
                    try await book.note(changes.value, on: machine.id)
                }
            case .ready, .failed: break
            }
            guard mustReset || left != nil else { return .ready }
            waiting("resetting \(machine.name): it was not handed back clean")
            try await care.reset(machine, left)
            return .ready
        } catch {
            return .failed(error)
        }
    }

    /// What the machine itself says. Only a machine that cannot be reached is a failure: all else its create tries again, and reports.
    private func answer(of machine: PoolMachine, _ turn: PoolQueueTicket, as resource: String?) async throws -> Opening {
        do {
            guard let resource, let access = care.login.context.access else {
                switch try await care.lease(machine, run: turn.run, expires: turn.expires) {
                case .held(let run, let until): return held(machine, run, until)
                case .taken(let changes): return changes.map { .left($0) } ?? .ready
                }
            }
            switch try await care.open(machine, for: turn.cell, key: access.publicKey, run: turn.run, expires: turn.expires) {
            case .held(let run, let until): return held(machine, run, until)
            case .unclean(let changes): return .left(changes)
            case .open(let host):
                opened.add(host, as: resource)
                return .ready
            }
        } catch {
            try Task.checkCancellation()
            silent.note(machine, isSilent: true)
            return unreachable(machine).map { .failed($0) } ?? .ready
        }
    }

    private func held(_ machine: PoolMachine, _ run: RunID, _ until: Timestamp) -> Opening {
        silent.note(machine, isSilent: true)
        return .elsewhere(Self.elsewhere(machine, run, until))
    }

    private func unreachable(_ machine: PoolMachine) -> InfrastructureError? { care.login.connections.failure(of: machine) }

    private func giveBack(_ machine: PoolMachine, _ outcome: Opening, _ run: RunID) async {
        var (isClean, isFree) = (false, false)
        // A host in quarantine keeps its lease, so that others stay away. Cancelled work may have taken the lease already.
        switch outcome {
        case .ready, .failed(is CancellationError):
            isFree = true
            let record = try? await book.hosts().first { $0.machine == machine.id && $0.holder?.run == run }
            if let changes = record?.changes {
                isClean = (try? await care.reset(machine, changes, from: run)) != nil
            } else {
                await care.release(machine)
            }
        case .elsewhere, .left, .failed: break
        }
        try? await book.giveBack(machine.id, of: run, isClean: isClean)
        if isFree { handBacks.announce() }
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
