import GRDB
import MatrixCore

extension LedgerSession {
    /// All hosts of pools, by pool and name.
    func poolHosts() throws -> [PoolHost] {
        try rows("SELECT * FROM pool_hosts ORDER BY pool, name, machine").map { row in
            PoolHost(
                pool: row["pool"], name: row["name"], machine: row["machine"], holder: try holder(row),
                quarantine: (row["quarantined"] as Double?).map {
                    PoolHost.Quarantine(since: Timestamp(seconds: $0), why: row["why"] ?? "")
                },
                needsReset: row["needs_reset"], changes: (row["changes"] as String?).flatMap { Value(json: $0) })
        }
    }

    /// Closes the leases of the host's former run. From now on only the host's own record counts.
    func closeLeases(on host: PoolHost) throws {
        guard let holder = host.holder else { return }
        let open = try rows(
            "SELECT id FROM leases WHERE run = ? AND platform = ? AND name = ? AND state <> 'destroyed'",
            [holder.run.value, host.pool, holder.resource])
        for row in open { try apply(.destroyed, to: LeaseID(row["id"]), why: "its host went to another run") }
    }

    private func holder(_ row: Row) throws -> PoolHost.Holder? {
        guard let run = row["run"] as String? else { return nil }
        let owner = try row.json(Owner.self, "owner")
        let until = (row["until"] as Double?).map(Timestamp.init(seconds:))
        let isInUse = try isUsed(row, by: owner, until: until)
        return PoolHost.Holder(
            run: RunID(run), cell: row["cell"], resource: row["resource"], owner: owner, isInUse: isInUse,
            since: Timestamp(seconds: row["since"]),
            until: until)
    }

    private func isUsed(_ row: Row, by owner: Owner, until: Timestamp?) throws -> Bool {
        // About a process on another machine we know only how long it needs the host.
        if let until, until < .now, owner.machine != ThisMachine.name { return false }
        if owner.isAlive { return true }
        let run: String = row["run"]
        // A resumed run keeps what its first process leased.
        if let record = try self.row("SELECT owner FROM runs WHERE id = ? AND exit_status IS NULL", [run]),
            try record.json(Owner.self, "owner").isAlive
        {
            return true
        }
        return try self.row(
            "SELECT 1 FROM leases WHERE run = ? AND platform = ? AND name = ? AND state = 'kept' AND ifnull(expires > ?, 1)",
            [run, row["pool"] as String, row["resource"] as String, Timestamp.wall.seconds]) != nil
    }
}
