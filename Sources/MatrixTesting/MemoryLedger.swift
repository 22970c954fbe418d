public import MatrixCore

/// A ledger in memory, which fails if a test asks for it.
public actor MemoryLedger: Ledger {
    private var leases: [LeaseID: Lease] = [:]
    private var runs: [RunID: RunRecord] = [:]
    private var absences: [LeaseID: Timestamp] = [:]
    private var cells: [RunID: [String: [PhaseRecord]]] = [:]
    private var nextLease: Int64 = 1
    private var failing: Set<String> = []
    /// The transitions in order: `intended debian12-scripted`.
    public private(set) var log: [String] = []

    private static let owner = Owner(pid: 1, startTicks: 1, boot: "boot", machine: "test")

    public init() {}

    /// Makes calls of this name (`created`) throw from now on.
    public func fail(_ call: String) { failing.insert(call) }

    private func check(_ call: String) throws {
        guard failing.contains(call) else { return }
        throw InfrastructureError("ledger", why: "disk full", isTransient: false)
    }

    public func begin(_ run: RunRecord) async throws { runs[run.run] = run }

    public func end(_ run: RunID, exitStatus: ExitStatus) async throws { runs[run]?.exitStatus = exitStatus }

    public func intend(_ resource: Resource) async throws -> LeaseID {
        try check("intend")
        let id = LeaseID(nextLease)
        nextLease += 1
        leases[id] = Lease(id: id, resource: resource, state: .intended, owner: Self.owner, isOwnerAlive: true, since: .wall)
        log.append("intended \(resource.kind) \(resource.cell)")
        return id
    }

    public func created(_ lease: LeaseID, _ resource: Resource) async throws {
        try check("created")
        guard let state = leases[lease]?.state else { throw illegal("created", lease) }
        leases[lease]?.resource = resource
        if state == .intended { leases[lease]?.state = .created }
        log.append("created \(resource.kind) \(resource.cell)")
    }

    public func reachable(_ lease: LeaseID, at endpoint: Endpoint) async throws {
        guard let state = leases[lease]?.state, state != .intended else { throw illegal("reachable", lease) }
        leases[lease]?.endpoint = endpoint
    }

    private func illegal(_ transition: String, _ lease: LeaseID) -> InfrastructureError {
        InfrastructureError("ledger", why: "lease \(lease.value) cannot be \(transition) now", isTransient: false)
    }

    public func destroyed(_ lease: LeaseID) async throws {
        try check("destroyed")
        guard let gone = leases.removeValue(forKey: lease) else { return }
        log.append("destroyed \(gone.resource.kind) \(gone.resource.cell)")
    }

    public func leaked(_ lease: LeaseID, why: String) async throws {
        leases[lease]?.state = .leaked
        leases[lease]?.why = why
        if let resource = leases[lease]?.resource { log.append("leaked \(resource.kind) \(resource.cell)") }
    }

    public func keep(_ lease: LeaseID) async throws {
        try check("keep")
        guard let state = leases[lease]?.state, state == .created || state == .kept else { throw illegal("kept", lease) }
        leases[lease]?.state = .kept
        if let resource = leases[lease]?.resource { log.append("kept \(resource.kind) \(resource.cell)") }
    }

    public func absent(_ lease: LeaseID) async throws -> Timestamp {
        try check("absent")
        let first = absences[lease] ?? .wall
        absences[lease] = first
        return first
    }

    public func record(_ record: PhaseRecord, of cell: String, in run: RunID) async throws {
        try check("record")
        var phases = cells[run, default: [:]][cell, default: []].filter { $0.phase.order < record.phase.order }
        phases.append(record)
        cells[run, default: [:]][cell] = phases
    }

    public func progress(of run: RunID) async throws -> [String: [PhaseRecord]] { cells[run] ?? [:] }

    public func open() async throws -> [Lease] {
        try check("open")
        return leases.values.sorted { $0.id.value < $1.id.value }
    }

    public func unfinishedRuns() async throws -> [RunRecord] { [] }

    public func run(_ run: RunID) async throws -> RunRecord? { runs[run] }

    public func remember(_ result: RunResult) async throws {}

    public func expectedDurations(matrix: String, cells: [String]) async throws -> [String: [Phase: Double]] { [:] }
}
