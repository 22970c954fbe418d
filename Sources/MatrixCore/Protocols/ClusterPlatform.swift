/// A platform that builds a cluster from another platform's provisioned hosts.
///
/// Its ``Platform/resources(for:run:expires:)`` carry the lender's name, so that the lender creates and
/// removes them. The cluster is a separate resource; ``Platform/destroy(_:)`` removes it before the hosts.
public protocol ClusterPlatform: Platform {
    /// The cluster's resource, recorded on the ledger before the cluster is built: with its id, and with all that another
    /// process needs to remove it.
    func cluster(on site: ClusterSite) throws -> Resource
    /// Builds the cluster. May be cancelled at any moment; the engine then destroys the remains.
    func assemble(_ cluster: Resource, on site: ClusterSite) async throws -> Cluster
}

/// What a cluster is built from, and with.
public struct ClusterSite: Sendable {
    public var run: RunID
    public var cell: CellPlan
    /// All hosts of the cell, provisioned.
    public var hosts: [Host]
    /// When `matrix reap` may take the cluster; nil for never.
    public var expires: Timestamp?
    /// Told each line of what is done; kept in the step's log.
    public var log: @Sendable (String) async -> Void
    /// Told the reason for each wait.
    public var waiting: @Sendable (String) -> Void
    /// Connects again to a host that was rebooted; the connection is closed with the cell's others.
    public var reconnect: @Sendable (Host) async throws -> Host

    public init(
        run: RunID, cell: CellPlan, hosts: [Host], expires: Timestamp?, log: @escaping @Sendable (String) async -> Void,
        waiting: @escaping @Sendable (String) -> Void, reconnect: @escaping @Sendable (Host) async throws -> Host
    ) {
        self.run = run
        self.cell = cell
        self.hosts = hosts
        self.expires = expires
        self.log = log
        self.waiting = waiting
        self.reconnect = reconnect
    }
}

/// A cluster that answers.
public struct Cluster: Sendable {
    /// The group of the host that runs the cluster's server.
    public static let controlGroup = "k3s_control"

    /// The hosts, those that were rebooted with their new connections.
    public var hosts: [Host]
    /// A kubeconfig whose server is reached from the runner; it holds a private key.
    public var kubeconfig: String
    /// Facts for reports, by the hosts' names.
    public var facts: [String: [String: String]]

    public init(hosts: [Host], kubeconfig: String, facts: [String: [String: String]] = [:]) {
        self.hosts = hosts
        self.kubeconfig = kubeconfig
        self.facts = facts
    }
}
