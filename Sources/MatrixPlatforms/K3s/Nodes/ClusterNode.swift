internal import MatrixCore

/// A cluster's node in the ledger: enough for another process to remove K3s from it.
struct ClusterNode: Sendable, Codable, Hashable {
    /// The host's name in its cell.
    var name: String
    var isControl: Bool
    var endpoint: Endpoint

    /// The host's group decides: the matrix file derives it from the role.
    static func isControl(_ host: HostPlan) -> Bool { host.groups.contains(Cluster.controlGroup) }

    /// The nodes that a cluster's resource names.
    static func all(of cluster: Resource) -> [ClusterNode] {
        guard let text = cluster.details["nodes"] else { return [] }
        return (try? JSON.decode([ClusterNode].self, from: Array(text.utf8))) ?? []
    }
}
