import MatrixCore
import MatrixTesting
import Synchronization

/// A platform of clusters on the hosts of a scripted one.
final class ScriptedCluster: ClusterPlatform {
    typealias Step = @Sendable (ClusterSite) async throws -> Void

    let name = "scripted"
    let hostsLiveOn: Bool
    private let lender: ScriptedPlatform
    private let assembly: Step
    private let state = Mutex<[String]>([])

    init(on lender: ScriptedPlatform, hostsLiveOn: Bool = false, _ assembly: @escaping Step = { _ in }) {
        self.lender = lender
        self.hostsLiveOn = hostsLiveOn
        self.assembly = assembly
    }

    /// What was done, in order.
    var calls: [String] { state.withLock { $0 } }
    private func note(_ call: String) { state.withLock { $0.append(call) } }

    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] { [] }
    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        lender.resources(for: cell, run: run, expires: expires)
    }

    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        throw InfrastructureError("create", why: "the lender makes hosts", isTransient: false)
    }

    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        throw InfrastructureError("ready", why: "the lender has hosts", isTransient: false)
    }

    func cluster(on site: ClusterSite) throws -> Resource {
        Resource(
            platform: name, kind: "cluster", name: "\(site.cell.name)-\(site.run)", id: site.cell.name, run: site.run, cell: site.cell.name)
    }

    func assemble(_ cluster: Resource, on site: ClusterSite) async throws -> Cluster {
        note("assemble on \(site.hosts.count)")
        try await assembly(site)
        return Cluster(hosts: site.hosts, kubeconfig: "apiVersion: v1\n", facts: [site.hosts[0].name: ["k3s": "v1.31.5+k3s1"]])
    }

    func destroy(_ resource: Resource) async throws {
        note("destroy \(resource.kind), hosts there: \(lender.there.count { $0.host != nil })")
    }

    func remaining(of run: RunID) async throws -> [Resource] { [] }
    func owned() async throws -> [Resource] { [] }
    func power(_ resource: Resource, on: Bool) async throws {}
}
