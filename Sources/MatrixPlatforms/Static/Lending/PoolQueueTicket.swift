internal import MatrixCore

/// One cell's request for hosts, with its place in the queue.
actor PoolQueueTicket {
    nonisolated let cell: CellPlan
    nonisolated let run: RunID
    nonisolated let expires: Timestamp?
    /// All machines of the pool.
    nonisolated let machines: [PoolMachine]
    private let book: any PoolBook
    private let pool: String
    private var place: PoolWaiter?

    init(cell: CellPlan, run: RunID, expires: Timestamp?, machines: [PoolMachine], book: any PoolBook, pool: String) {
        self.cell = cell
        self.run = run
        self.expires = expires
        self.machines = machines
        self.book = book
        self.pool = pool
    }

    private var fitting: [String] {
        machines.filter { machine in cell.hosts.contains { machine.fits($0, of: cell) } }.map(\.id)
    }

    /// What the ledger says now.
    func look() async throws -> PoolView {
        let wanted = Set(fitting)
        let records = try await book.hosts().filter { wanted.contains($0.machine) }
        let earlier = try await book.queue().filter { waiter in
            waiter.ticket < place?.ticket ?? .max && !wanted.isDisjoint(with: waiter.machines)
        }
        return PoolView(
            records: Dictionary(records.map { ($0.machine, $0) }) { first, _ in first }, promised: Set(earlier.flatMap(\.machines)),
            ahead: earlier.count,
            othersAhead: earlier.count { $0.run != run })
    }

    /// Joins the queue, once.
    func queue() async throws {
        guard place == nil else { return }
        place = try await book.join(pool, run: run, cell: cell.name, count: cell.hosts.count, machines: fitting)
    }

    /// Leaves the queue. Entries of dead processes are ignored.
    func end() async {
        guard let place else { return }
        try? await book.leave(place)
        self.place = nil
    }
}
