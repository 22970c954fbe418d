internal import MatrixCore

/// A node of a cluster as the ledger keeps it: enough for another process to take K3s off it.
struct ClusterNode: Sendable, Codable, Hashable {
    /// The host's name in its cell.
    var name: String
    var isControl: Bool
    var endpoint: Endpoint

    /// Which group a host is in decides: the matrix file gives it by its role.
    static func isControl(_ host: HostPlan) -> Bool { host.groups.contains(K3sSettings.control) }

    /// The nodes that a cluster's resource names.
    static func all(of cluster: Resource) -> [ClusterNode] {
        guard let text = cluster.details["nodes"] else { return [] }
        return (try? JSON.decode([ClusterNode].self, from: Array(text.utf8))) ?? []
    }
}
