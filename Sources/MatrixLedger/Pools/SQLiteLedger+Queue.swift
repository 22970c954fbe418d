import GRDB
public import MatrixCore

extension SQLiteLedger {
    public func join(_ waiter: PoolWaiter) async throws -> PoolWaiter {
        try await write("queue \(waiter.cell) for \(waiter.pool)") { session in
            try session.execute(
                "INSERT INTO pool_queue (pool, run, cell, owner, since, count, machines) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    waiter.pool, waiter.run.value, waiter.cell, JSON.text(waiter.owner), waiter.since.seconds, waiter.count, JSON.text(waiter.machines),
                ])
            var joined = waiter
            joined.ticket = session.lastKey
            return joined
        }
    }

    public func leave(_ waiter: PoolWaiter) async throws {
        try await write("take \(waiter.cell) out of the queue for \(waiter.pool)") { session in
            try session.execute("DELETE FROM pool_queue WHERE ticket = ?", [waiter.ticket])
            for dead in try session.waiters() where !dead.owner.isAlive {
                try session.execute("DELETE FROM pool_queue WHERE ticket = ?", [dead.ticket])
            }
        }
    }

    public func queue() async throws -> [PoolWaiter] {
        try await read("list who waits for hosts") { try $0.waiters().filter(\.owner.isAlive) }
    }
}

extension LedgerSession {
    fileprivate func waiters() throws -> [PoolWaiter] {
        try rows("SELECT * FROM pool_queue ORDER BY ticket").map { row in
            PoolWaiter(
                ticket: row["ticket"], pool: row["pool"], run: RunID(row["run"]), cell: row["cell"], owner: try row.json(Owner.self, "owner"),
                since: Timestamp(seconds: row["since"]), count: row["count"], machines: try row.json([String].self, "machines"))
        }
    }
}
