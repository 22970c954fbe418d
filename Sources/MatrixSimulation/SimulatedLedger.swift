import MatrixCore

/// Keeps a simulated run's leases in memory, so that nothing of it enters the real ledger or the history.
actor SimulatedLedger: Ledger {
    private var leases: [LeaseID: Lease] = [:]
    private var next: Int64 = 1
    private let owner = Owner(pid: 0, startTicks: 0, boot: "simulated", machine: "simulated")

    func begin(_ run: RunRecord) async throws {}
    func end(_ run: RunID, exitStatus: ExitStatus) async throws {}

    func intend(_ resource: Resource) async throws -> LeaseID {
        defer { next += 1 }
        let id = LeaseID(next)
        leases[id] = Lease(id: id, resource: resource, state: .intended, owner: owner, isOwnerAlive: true, since: .wall)
        return id
    }

    func created(_ lease: LeaseID, _ resource: Resource) async throws {
        leases[lease]?.resource = resource
        leases[lease]?.state = .created
    }

    func reachable(_ lease: LeaseID, at endpoint: Endpoint) async throws { leases[lease]?.endpoint = endpoint }
    func destroyed(_ lease: LeaseID) async throws { leases[lease] = nil }

    func leaked(_ lease: LeaseID, why: String) async throws {
        leases[lease]?.state = .leaked
        leases[lease]?.why = why
    }

    func keep(_ lease: LeaseID) async throws { leases[lease]?.state = .kept }
    func absent(_ lease: LeaseID) async throws -> Timestamp { .wall }
    func record(_ record: PhaseRecord, of cell: String, in run: RunID) async throws {}
    func progress(of run: RunID) async throws -> [String: [PhaseRecord]] { [:] }
    func open() async throws -> [Lease] { leases.values.sorted { $0.id.value < $1.id.value } }
    func unfinishedRuns() async throws -> [RunRecord] { [] }
    func run(_ run: RunID) async throws -> RunRecord? { nil }
    func remember(_ result: RunResult) async throws {}
    func expectedDurations(matrix: String, cells: [String]) async throws -> [String: [Phase: Double]] { [:] }
}
