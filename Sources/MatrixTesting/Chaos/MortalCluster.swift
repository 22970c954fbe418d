public import MatrixCore

/// A platform of clusters that a dead run cannot reach any more.
public struct MortalCluster: ClusterPlatform {
    private let platform: any ClusterPlatform
    private let mortal: MortalPlatform
    private let outage: Outage?

    /// - Parameter outage: nil if no run dies.
    public init(_ platform: any ClusterPlatform, _ outage: Outage? = nil) {
        self.platform = platform
        self.outage = outage
        mortal = MortalPlatform(platform, outage)
    }

    public func cluster(on site: ClusterSite) throws -> Resource { try platform.cluster(on: site) }

    public func assemble(_ cluster: Resource, on site: ClusterSite) async throws -> Cluster {
        try await outage?.pulse()
        let made = try await platform.assemble(cluster, on: site)
        try await outage?.pulse()
        return made
    }

    // MARK: - Platform

    public var name: String { mortal.name }
    public var hostsLiveOn: Bool { mortal.hostsLiveOn }
    public func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] { [] }

    public func reserve(_ cell: CellPlan, run: RunID, expires: Timestamp?, waiting: @escaping @Sendable (String) -> Void) async throws {
        try await mortal.reserve(cell, run: run, expires: expires, waiting: waiting)
    }

    public func prepare(_ cell: CellPlan, progress: @escaping @Sendable (String) -> Void) async throws {
        try await mortal.prepare(cell, progress: progress)
    }
    public func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        mortal.resources(for: cell, run: run, expires: expires)
    }
    public func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource { try await mortal.create(resource, for: cell) }

    public func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        try await mortal.ready(resource, for: cell, waiting: waiting)
    }

    public func connection(to resource: Resource, at endpoint: Endpoint) async throws -> (any Transport)? {
        try await mortal.connection(to: resource, at: endpoint)
    }

    public func close() async { await mortal.close() }

    public func destroy(_ resource: Resource) async throws { try await mortal.destroy(resource) }
    public func remaining(of run: RunID) async throws -> [Resource] { try await mortal.remaining(of: run) }
    public func owned() async throws -> [Resource] { try await mortal.owned() }
    public func power(_ resource: Resource, on: Bool) async throws { try await mortal.power(resource, on: on) }
    public func settleTime(of resource: Resource) async -> Duration { await mortal.settleTime(of: resource) }
}
