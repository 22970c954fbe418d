/// What a host says of the cluster that was put on it, until the cluster is removed.
enum ClusterMark {
    /// Holds the cluster's name, what was there before it, and K3s's own iptables programs.
    static let folder = "\(HostLease.folder)/k3s"
}
