import GRDB
public import MatrixCore

extension SQLiteLedger {
    public func intend(_ resource: Resource) async throws -> LeaseID {
        try await write("record that \(resource.kind) \(resource.name) is about to be made") { session in
            try session.requireRun(resource.run)
            return try session.insert(resource, at: .wall)
        }
    }

    /// - Throws: `InfrastructureError` if it was confirmed as gone before.
    public func created(_ lease: LeaseID, _ resource: Resource) async throws {
        try await write("record \(resource.kind) \(resource.name) under the id \(resource.id)") { session in
            try session.apply(.created, to: lease, id: resource.id)
            try session.update(lease, resource)
        }
    }

    /// - Throws: `InfrastructureError` if it was not created yet, or is gone.
    public func reachable(_ lease: LeaseID, at endpoint: Endpoint) async throws {
        try await write("record how \(endpoint.alias) is reached") { session in
            try session.apply(.reachable, to: lease)
            try session.execute("UPDATE leases SET endpoint = ? WHERE id = ?", [JSON.text(endpoint), lease.value])
        }
    }

    /// A second call changes nothing.
    public func destroyed(_ lease: LeaseID) async throws {
        try await write("record that a resource is gone") { try $0.apply(.destroyed, to: lease) }
    }

    /// Allowed in every state: a possible leak is never refused.
    public func leaked(_ lease: LeaseID, why: String) async throws {
        try await write("record that a resource may be left behind") { try $0.apply(.leaked, to: lease, why: why) }
    }

    /// - Throws: `InfrastructureError` unless it was created and is still there.
    public func keep(_ lease: LeaseID) async throws {
        try await write("record that a resource is kept") { try $0.apply(.kept, to: lease) }
    }

    /// - Throws: `InfrastructureError` if its id is known: then it is gone, not absent.
    public func absent(_ lease: LeaseID) async throws -> Timestamp {
        try await write("record that a resource is not there") { session in
            let now = Timestamp.wall
            let first = try session.row("SELECT absent FROM leases WHERE id = ?", [lease.value])?["absent"] as Double?
            // A time in the future was written before the clock was set back.
            if let first, first <= now.seconds { return Timestamp(seconds: first) }
            try session.apply(.absent, to: lease)
            try session.execute("UPDATE leases SET absent = ? WHERE id = ?", [now.seconds, lease.value])
            return now
        }
    }

    public func open() async throws -> [Lease] {
        try await read("list what is there") { try $0.openLeases() }
    }

    /// What happened to a lease, oldest first.
    public func events(of lease: LeaseID) async throws -> [LeaseEvent] {
        try await read("list what happened to a resource") { session in
            try session.rows("SELECT at, event, resource_id, why FROM lease_events WHERE lease = ? ORDER BY id", [lease.value]).map {
                LeaseEvent(time: Timestamp(seconds: $0["at"]), event: $0["event"], resource: $0["resource_id"], why: $0["why"])
            }
        }
    }
}

extension LedgerSession {
    fileprivate func insert(_ resource: Resource, at now: Timestamp) throws -> LeaseID {
        try execute(
            """
            INSERT INTO leases (run, cell, platform, kind, name, resource_id, expires, resource, state, since, changed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'intended', ?, ?)
            """,
            [
                resource.run.value, resource.cell, resource.platform, resource.kind, resource.name, resource.id, resource.expires?.seconds,
                JSON.text(resource), now.seconds, now.seconds,
            ])
        let lease = LeaseID(lastKey)
        try journal(lease, "intended", id: resource.id, why: nil, at: now)
        return lease
    }

    fileprivate func update(_ lease: LeaseID, _ resource: Resource) throws {
        try execute(
            "UPDATE leases SET name = ?, resource_id = ?, expires = ?, resource = ? WHERE id = ?",
            [resource.name, resource.id, resource.expires?.seconds, JSON.text(resource), lease.value])
    }

    /// Changes a lease's state and journals the change.
    func apply(_ transition: LeaseTransition, to lease: LeaseID, id: String? = nil, why: String? = nil) throws {
        guard let row = try row("SELECT state, kind, name, platform, resource_id FROM leases WHERE id = ?", [lease.value]) else {
            throw LeaseError.unknown(lease, transition)
        }
        guard let before = LeaseTransition.State(rawValue: row["state"]), let after = transition.state(after: before) else {
            throw LeaseError.impossible(transition, "\(row["kind"] as String) \(row["name"] as String)", is: row["state"])
        }
        if before == .destroyed, after == .destroyed { return }
        let now = Timestamp.wall
        try execute(
            "UPDATE leases SET state = ?1, why = iif(?1 = 'leaked', ifnull(?2, why), NULL), changed = ?3 WHERE id = ?4",
            [after.rawValue, why, now.seconds, lease.value])
        try journal(lease, transition.rawValue, id: id ?? row["resource_id"], why: why, at: now)
    }

    private func journal(_ lease: LeaseID, _ event: String, id: String, why: String?, at now: Timestamp) throws {
        try execute(
            "INSERT INTO lease_events (lease, at, event, resource_id, why) VALUES (?, ?, ?, ?, ?)",
            [lease.value, now.seconds, event, id, why])
    }

    fileprivate func openLeases() throws -> [Lease] {
        var alive: [String: Bool] = [:]
        return try rows(
            """
            SELECT leases.id, resource, endpoint, state, why, since, owner
            FROM leases JOIN runs ON runs.id = leases.run WHERE state <> 'destroyed' ORDER BY leases.id
            """
        ).compactMap { row in
            let owner = try row.json(Owner.self, "owner")
            let isAlive = alive[row["owner"]] ?? owner.isAlive
            alive[row["owner"]] = isAlive
            return try lease(row, owner, isAlive: isAlive)
        }
    }

    private func lease(_ row: Row, _ owner: Owner, isAlive: Bool) throws -> Lease? {
        guard let state = Lease.State(rawValue: row["state"]) else { return nil }
        let endpoint: Endpoint? = row["endpoint"] == nil ? nil : try row.json(Endpoint.self, "endpoint")
        return Lease(
            id: LeaseID(row["id"]), resource: try row.json(Resource.self, "resource"), state: state, endpoint: endpoint, owner: owner,
            isOwnerAlive: isAlive, since: Timestamp(seconds: row["since"]), why: row["why"])
    }
}

/// Calls that contradict what the ledger holds.
enum LeaseError {
    static func unknown(_ lease: LeaseID, _ transition: LeaseTransition) -> InfrastructureError {
        InfrastructureError(
            "the ledger cannot record that resource \(lease.value) \(transition.sentence)", why: "it holds no such resource",
            next: "see what it holds: matrix status", type: .ledgerLease, isTransient: false)
    }

    static func impossible(_ transition: LeaseTransition, _ resource: String, is state: String) -> InfrastructureError {
        InfrastructureError(
            "the ledger cannot record that \(resource) \(transition.sentence)", why: "it is on record as \(state)",
            next: "see what is there: matrix status --live", type: .ledgerLease, isTransient: false)
    }
}

/// One line of a lease's journal; lines are added, never changed.
public struct LeaseEvent: Sendable, Hashable {
    public var time: Timestamp
    /// `intended`, `absent`, `created`, `reachable`, `kept`, `leaked`, `destroyed`.
    public var event: String
    /// The resource's id at the platform as it was known then; empty before.
    public var resource: String
    /// Why it is leaked.
    public var why: String?
}
