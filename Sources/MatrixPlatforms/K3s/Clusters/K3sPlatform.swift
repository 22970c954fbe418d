internal import MatrixCore
internal import MatrixRemote

/// A K3s cluster on hosts of another platform: one control node, and workers.
///
/// The hosts belong to the lender. ``ClusterAssembly`` makes the cluster on them, ``ClusterRemoval`` removes it.
struct K3sPlatform: ClusterPlatform {
    static let clusterKind = "cluster"

    let name: String
    let settings: K3sSettings
    let context: PlatformContext
    private let pace: K3sPace
    private let release: K3sRelease
    private let api: ClusterAssembly.API

    /// - Parameter api: requests a path from the API of a cluster's kubeconfig.
    init(
        name: String, settings: K3sSettings, context: PlatformContext, pace: K3sPace = K3sPace(),
        api: @escaping ClusterAssembly.API = ClusterAssembly.overTheNetwork
    ) {
        self.name = name
        self.settings = settings
        self.context = context
        self.pace = pace
        self.api = api
        release = K3sRelease(settings: settings, state: context.state)
    }

    // MARK: - Hosts

    var hostsLiveOn: Bool { context.lenders.values.contains { $0.hostsLiveOn } }

    private func lender(of cell: CellPlan) -> (any Platform)? { settings.lender(of: cell.os.name).flatMap { context.lenders[$0] } }

    private func lender(of resource: Resource) throws -> any Platform {
        guard let lender = context.lenders[resource.platform] else {
            throw InfrastructureError(
                "\(resource.kind) \(resource.name) belongs to another platform", why: "\(name) borrows no hosts of \(resource.platform)",
                isTransient: false)
        }
        return lender
    }

    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] { await preflight(cells) { _ in } }

    func preflight(_ cells: [CellPlan], possible: @escaping @Sendable (_ cell: String) -> Void) async -> [PreflightProblem] {
        var problems = K3sPreflight(settings: settings).problems(of: cells)
        let own = problems.filter { $0.severity != .warning }
        let refused = own.contains(where: \.cells.isEmpty) ? Set(cells.map(\.name)) : Set(own.flatMap(\.cells))
        for (lender, lent) in Dictionary(grouping: cells, by: { settings.lender(of: $0.os.name) ?? "" }) {
            guard let platform = context.lenders[lender] else { continue }
            let lenders = await platform.preflight(lent) { cell in if !refused.contains(cell) { possible(cell) } }
            problems += lenders.map { problem in
                var problem = problem
                if problem.cells.isEmpty { problem.cells = lent.map(\.name) }
                problem.message = "\(lender): \(problem.message)"
                return problem
            }
        }
        return problems
    }

    func origins(of cells: [CellPlan]) async -> [HostOrigin] {
        var origins: [HostOrigin] = []
        for (lender, lent) in Dictionary(grouping: cells, by: { settings.lender(of: $0.os.name) ?? "" }).sorted(by: { $0.key < $1.key }) {
            origins += await context.lenders[lender]?.origins(of: lent) ?? []
        }
        return origins
    }

    func reserve(_ cell: CellPlan, run: RunID, expires: Timestamp?, waiting: @escaping @Sendable (String) -> Void) async throws {
        try await lender(of: cell)?.reserve(cell, run: run, expires: expires, waiting: waiting)
    }

    func prepare(_ cell: CellPlan, progress: @escaping @Sendable (String) -> Void) async throws {
        guard let lender = lender(of: cell) else {
            throw InfrastructureError(
                "no hosts for \(cell.name)", why: "\(name) has no platform that lends \(cell.os.name)",
                next: "name one in nodes: of \(name)",
                isTransient: false)
        }
        try await lender.prepare(cell, progress: progress)
    }

    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        lender(of: cell)?.resources(for: cell, run: run, expires: expires) ?? []
    }

    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        try await lender(of: resource).create(resource, for: cell)
    }

    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        try await lender(of: resource).ready(resource, for: cell, waiting: waiting)
    }

    func connection(to resource: Resource, at endpoint: Endpoint) async throws -> (any Transport)? {
        try await lender(of: resource).connection(to: resource, at: endpoint)
    }

    func close() async {
        for lender in context.lenders.values { await lender.close() }
    }

    func power(_ resource: Resource, on: Bool) async throws {
        try await lender(of: resource).power(resource, on: on)
    }

    func restart(of resource: Resource) -> RestartWay { (try? lender(of: resource))?.restart(of: resource) ?? .bySystem }

    func settleTime(of resource: Resource) async -> Duration { await (try? lender(of: resource))?.settleTime(of: resource) ?? .zero }
    func price(of cell: CellPlan) async throws -> Price? { try await lender(of: cell)?.price(of: cell) }
    func price(of resource: Resource) -> Price? { (try? lender(of: resource))?.price(of: resource) }
    func trouble(with resource: Resource) async -> String? { await (try? lender(of: resource))?.trouble(with: resource) }
    func evidence(of resource: Resource) async -> [Evidence] {
        guard resource.kind == Self.clusterKind else { return await (try? lender(of: resource))?.evidence(of: resource) ?? [] }
        guard let connector = context.connector else { return [] }
        return await ClusterEvidence(connector: connector).all(of: resource)
    }

    func entrances(to resource: Resource) -> [String] { (try? lender(of: resource))?.entrances(to: resource) ?? [] }

    func facts(_ resource: Resource) -> [String: String] { (try? lender(of: resource))?.facts(resource) ?? [:] }

    /// Nothing: lenders report their hosts themselves, and only the ledger knows a cluster.
    func remaining(of run: RunID) async throws -> [Resource] { [] }
    func owned() async throws -> [Resource] { [] }

    // MARK: - Clusters

    private var kernel: KernelSettings { KernelSettings(folder: "\(context.state)/k3s/kernel") }

    func cluster(on site: ClusterSite) throws -> Resource {
        let nodes = site.hosts.map { ClusterNode(name: $0.name, isControl: ClusterNode.isControl($0.plan), endpoint: $0.endpoint) }
        let livesOn = lender(of: site.cell)?.hostsLiveOn ?? true
        let name = "\(site.cell.name)-\(site.run)"
        return Resource(
            platform: self.name, kind: Self.clusterKind, name: name, id: name, run: site.run, cell: site.cell.name, expires: site.expires,
            details: [
                "nodes": JSON.text(nodes), "uninstall": livesOn || settings.uninstall == .always ? "yes" : "no",
                "networks": settings.networks.joined(separator: " "), "data": settings.dataFolder,
            ])
    }

    func assemble(_ cluster: Resource, on site: ClusterSite) async throws -> Cluster {
        let assembly = ClusterAssembly(
            cluster: cluster, site: site, settings: settings, release: try await release.resolved(), kernel: kernel,
            redactor: context.redactor,
            pace: pace, api: api)
        return try await assembly.run()
    }

    func destroy(_ resource: Resource) async throws {
        guard resource.kind == Self.clusterKind else { return try await lender(of: resource).destroy(resource) }
        do { try await remove(resource) } catch {
            try? kernel.restore(after: resource.name)
            throw error
        }
        try kernel.restore(after: resource.name)
    }

    private func remove(_ cluster: Resource) async throws {
        let isDoomed = cluster.details["uninstall"] == "no"
        // If the hosts are destroyed next, the cluster goes with them.
        if isDoomed, !kernel.isNoted(for: cluster.name) { return }
        guard let connector = context.connector else {
            if isDoomed { return }
            throw InfrastructureError(
                "cluster \(cluster.name) cannot be removed", why: "nothing connects to its hosts here", isTransient: false)
        }
        let removal = ClusterRemoval(connector: connector, pace: pace)
        if isDoomed { await removal.halt(cluster) } else { try await removal.remove(cluster) }
    }
}

/// How often to poll a starting cluster, and how long a known cause of failure must persist before it counts.
struct K3sPace: Sendable {
    var poll: Duration = .seconds(2)
    /// A cause in the journal may be temporary, such as a server that is not up yet.
    var patience: Duration = .seconds(20)
    /// How long a host may take to answer when K3s is removed.
    var reach: Duration = .seconds(45)
}
