import MatrixCore
import Synchronization

/// A platform without machines: it lends names and lets the time pass that a real one takes.
final class SimulatedPlatform: Platform {
    let name: String
    private let world: SimulatedWorld
    private let there = Mutex<[String: Resource]>([:])

    init(_ name: String, world: SimulatedWorld) {
        self.name = name
        self.world = world
    }

    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] { [] }

    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        [
            cell.hosts.map { host in
                Resource(
                    platform: name, kind: "simulated", name: "\(host.name)-\(run)", run: run, cell: cell.name, host: host.name,
                    expires: expires)
            }
        ]
    }

    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        try await world.pass(.create, of: cell.name, share: 0.5)
        if let fault = world.fault(in: .create, of: cell.name) { throw fault.error("creating \(resource.name)") }
        var made = resource
        made.id = "simulated-\(resource.name)"
        there.withLock { $0[made.name] = made }
        return made
    }

    /// The address is reserved for documentation (RFC 5737): nothing can answer there.
    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        waiting("simulated boot")
        try await world.pass(.create, of: cell.name, share: 0.5)
        return Endpoint(address: "192.0.2.1", user: "root", keyFile: "/dev/null", knownHostsFile: "/dev/null", alias: resource.name)
    }

    func destroy(_ resource: Resource) async throws {
        try await world.pass(.destroy, of: resource.cell)
        if let fault = world.fault(in: .destroy, of: resource.cell) {
            // Not transient: a leak is what is rehearsed, not the pauses between tries.
            throw InfrastructureError(
                "removing \(resource.name)", why: fault.message, next: "it is simulated", isTransient: fault.times != nil)
        }
        there.withLock { _ = $0.removeValue(forKey: resource.name) }
    }

    func remaining(of run: RunID) async throws -> [Resource] {
        there.withLock { $0.values.filter { $0.run == run } }.sorted { $0.name < $1.name }
    }

    func owned() async throws -> [Resource] { there.withLock { Array($0.values) } }
    func power(_ resource: Resource, on: Bool) async throws {}
    func settleTime(of resource: Resource) async -> Duration { .zero }
    func facts(_ resource: Resource) -> [String: String] { ["simulated": "yes"] }
}
