/// A host's record of its cluster, until the cluster is removed.
enum ClusterMark {
    /// Holds the cluster's name, what was there before it, and K3s's own iptables programs.
    static let folder = "\(HostLease.folder)/k3s"
}
