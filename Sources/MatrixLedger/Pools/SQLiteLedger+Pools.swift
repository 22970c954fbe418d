public import MatrixCore

extension SQLiteLedger: PoolBook {
    public func know(_ names: [String: String], of pool: String) async throws {
        try await write("record the hosts of \(pool)") { session in
            for (machine, name) in names {
                try session.execute(
                    """
                    INSERT INTO pool_hosts (machine, pool, name) VALUES (?1, ?2, ?3)
                    ON CONFLICT (machine) DO UPDATE SET pool = ?2, name = ?3 WHERE run IS NULL
                    """, [machine, pool, name])
            }
            try session.execute(
                """
                DELETE FROM pool_hosts WHERE pool = ? AND run IS NULL AND quarantined IS NULL AND changes IS NULL
                AND machine NOT IN (SELECT value FROM json_each(?))
                """, [pool, JSON.text(Array(names.keys))])
        }
    }

    public func hosts() async throws -> [PoolHost] {
        try await read("list the hosts of pools") { try $0.poolHosts() }
    }

    public func lease(_ seats: [String: String], of pool: String, run: RunID, cell: String, until: Timestamp?) async throws -> Bool {
        try await write("lease hosts for \(cell)") { session in
            let wanted = try session.poolHosts().filter { seats[$0.machine] != nil }
            guard wanted.count == seats.count, wanted.allSatisfy({ $0.quarantine == nil && $0.holder?.isInUse != true }) else {
                return false
            }
            for host in wanted {
                try session.closeLeases(on: host)
                try session.execute(
                    "UPDATE pool_hosts SET pool = ?, run = ?, cell = ?, resource = ?, owner = ?, since = ?, until = ? WHERE machine = ?",
                    [
                        pool, run.value, cell, seats[host.machine], JSON.text(Owner.current()), Timestamp.wall.seconds, until?.seconds,
                        host.machine,
                    ])
            }
            return true
        }
    }

    public func note(_ changes: Value, on machine: String) async throws {
        try await write("record what is done to \(machine)") { session in
            try session.execute("UPDATE pool_hosts SET needs_reset = 1, changes = ? WHERE machine = ?", [changes.json, machine])
        }
    }

    public func restore(_ machine: String, needsReset: Bool, changes: Value?) async throws {
        try await write("record that nothing was done to \(machine)") { session in
            try session.execute(
                "UPDATE pool_hosts SET needs_reset = ?, changes = ? WHERE machine = ?", [needsReset, changes?.json, machine])
        }
    }

    public func clean(_ machine: String) async throws {
        try await write("record that \(machine) is reset") { session in
            try session.execute("UPDATE pool_hosts SET needs_reset = 0, changes = NULL WHERE machine = ?", [machine])
        }
    }

    public func adopt(_ machine: String, of run: RunID) async throws -> Bool {
        try await write("take over the lease of \(machine)") { session in
            guard let row = try session.row("SELECT owner FROM pool_hosts WHERE machine = ? AND run = ?", [machine, run.value]) else {
                return false
            }
            let owner = try row.json(Owner.self, "owner")
            if owner == .current() { return true }
            // A process on another machine cannot be seen: a user who ends its run by name takes its hosts, too.
            if owner.isAlive, owner.machine == ThisMachine.name { return false }
            try session.execute("UPDATE pool_hosts SET owner = ? WHERE machine = ?", [JSON.text(Owner.current()), machine])
            return true
        }
    }

    public func giveBack(_ machine: String, of run: RunID, isClean: Bool) async throws {
        try await write("give \(machine) back") { session in
            try session.execute(
                """
                UPDATE pool_hosts SET run = NULL, cell = NULL, resource = NULL, owner = NULL, since = NULL, until = NULL,
                needs_reset = iif(?1, 0, needs_reset), changes = iif(?1, NULL, changes) WHERE machine = ?2 AND run = ?3
                """, [isClean, machine, run.value])
        }
    }

    public func quarantine(_ machine: String, because reason: String) async throws {
        try await write("quarantine \(machine)") { session in
            try session.execute(
                "UPDATE pool_hosts SET quarantined = ?, why = ?, needs_reset = 1 WHERE machine = ?",
                [Timestamp.wall.seconds, reason, machine])
        }
    }

    public func lift(_ machine: String) async throws {
        try await write("lift the quarantine of \(machine)") { session in
            guard let host = try session.poolHosts().first(where: { $0.machine == machine }) else { return }
            try session.closeLeases(on: host)
            try session.execute(
                """
                UPDATE pool_hosts SET run = NULL, cell = NULL, resource = NULL, owner = NULL, since = NULL,
                until = NULL, quarantined = NULL,
                why = NULL, needs_reset = 1 WHERE machine = ?
                """, [machine])
        }
    }
}
