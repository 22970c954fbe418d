import GRDB
public import MatrixCore

extension SQLiteLedger {
    public func join(_ pool: String, run: RunID, cell: String, count: Int, machines: [String]) async throws -> PoolWaiter {
        try await write("queue \(cell) for \(pool)") { session in
            let (owner, now) = (Owner.current(), Timestamp.wall)
            try session.execute(
                "INSERT INTO pool_queue (pool, run, cell, owner, since, count, machines) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [pool, run.value, cell, JSON.text(owner), now.seconds, count, JSON.text(machines)])
            return PoolWaiter(
                ticket: session.lastKey, pool: pool, run: run, cell: cell, owner: owner, since: now, count: count, machines: machines)
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
                ticket: row["ticket"], pool: row["pool"], run: RunID(row["run"]), cell: row["cell"],
                owner: try row.json(Owner.self, "owner"),
                since: Timestamp(seconds: row["since"]), count: row["count"], machines: try row.json([String].self, "machines"))
        }
    }
}
