import GRDB
public import MatrixCore

extension SQLiteLedger {
    /// Takes a name for a run if nobody holds it; two cells of one run exclude each other too.
    ///
    /// A claim is taken over once nobody can use the name: its process and its run's owner are dead, and the ledger has no open
    /// lease of that run. For an owner on another machine that is unknown; such a claim ends at its `until`.
    /// - Returns: whether the name is this run's now.
    public func claim(kind: String, name: String, run: RunID, until: Timestamp?) async throws -> Bool {
        try await write("claim \(kind) \(name)") { session in
            let now = Timestamp.wall
            if let held = try session.claim(kind, name), try session.isInUse(held, at: now) { return false }
            try session.execute(
                "INSERT OR REPLACE INTO claims (kind, name, run, owner, since, until) VALUES (?, ?, ?, ?, ?, ?)",
                [kind, name, run.value, JSON.text(Owner.current()), now.seconds, until?.seconds])
            return true
        }
    }

    /// Gives a name back. It is no error if nobody holds it.
    ///
    /// - Parameter run: gives it back only if this run holds it; nil for any holder.
    func release(kind: String, name: String, run: RunID? = nil) async throws {
        try await write("give \(kind) \(name) back") { session in
            try session.execute(
                "DELETE FROM claims WHERE kind = ? AND name = ? AND run = ifnull(?, run)", [kind, name, run?.value])
        }
    }

    /// All names that are held, those of one kind or of all, by name.
    public func claims(kind: String? = nil) async throws -> [Claim] {
        try await read("list the names that are held") { session in
            try session.rows("SELECT * FROM claims WHERE kind = ifnull(?, kind) ORDER BY kind, name", [kind]).map(Claim.init)
        }
    }
}

extension LedgerSession {
    fileprivate func claim(_ kind: String, _ name: String) throws -> Claim? {
        try row("SELECT * FROM claims WHERE kind = ? AND name = ?", [kind, name]).map(Claim.init)
    }

    fileprivate func isInUse(_ claim: Claim, at now: Timestamp) throws -> Bool {
        if try row("SELECT 1 FROM leases WHERE run = ? AND state <> 'destroyed' LIMIT 1", [claim.run.value]) != nil { return true }
        if let until = claim.until, until < now, claim.owner.machine != ThisMachine.name { return false }
        if claim.owner.isAlive { return true }
        // A resumed run keeps what its first process claimed.
        guard let run = try row("SELECT owner FROM runs WHERE id = ? AND exit_status IS NULL", [claim.run.value]) else { return false }
        return try run.json(Owner.self, "owner").isAlive
    }
}

extension Claim {
    fileprivate init(_ row: Row) throws {
        self.init(
            kind: row["kind"], name: row["name"], run: RunID(row["run"]), owner: try row.json(Owner.self, "owner"),
            since: Timestamp(seconds: row["since"]), until: (row["until"] as Double?).map(Timestamp.init(seconds:)))
    }
}

/// A name that only one run holds: an address of a pool, a VMID, a static host.
public struct Claim: Sendable, Hashable {
    /// What kind of name it is, with its pool: `proxmox.address`, `pi-farm.host`.
    public var kind: String
    public var name: String
    var run: RunID
    /// The process that claimed it.
    var owner: Owner
    var since: Timestamp
    /// When another machine's claim expires; nil for never.
    var until: Timestamp?
}

extension SQLiteLedger: ClaimBook {
    public func release(kind: String, name: String) async throws {
        try await release(kind: kind, name: name, run: nil)
    }

    public func held(kind: String, by run: RunID) async throws -> [String] {
        try await claims(kind: kind).filter { $0.run == run }.map(\.name)
    }
}
