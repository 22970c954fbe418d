internal import MatrixCore

/// A static pool's settings, read and judged.
struct StaticSettings: Sendable {
    /// Where the hosts are named.
    enum Source: Sendable, Hashable {
        case hosts([PoolMachine])
        /// A group of an Ansible inventory; nil for all its hosts.
        case inventory(path: String, group: String?)
    }

    /// A script that removes what runs put on a host.
    struct ResetStep: Sendable, Hashable {
        var name: String
        /// POSIX shell, run as root.
        var script: String
    }

    /// Defaults for hosts; what is nil is left to the user's `ssh_config`.
    struct Defaults: Sendable, Hashable {
        var user: String?
        var key: String?
        var port: Int?
        var os: String?
        var arch: String?
    }

    var source: Source
    var defaults = Defaults()
    /// A known_hosts file that names every host; nil to trust the first key that a run sees.
    var knownHosts: String?
    /// How long to wait for hosts that other runs hold.
    var wait: Duration = .seconds(3600)
    var reset: [ResetStep] = []
    /// How long the reset of one host may take, including its connection.
    var resetTimeout: Duration = .seconds(300)
    /// How long a host may take to answer.
    var connectTimeout: Duration = .seconds(30)
    /// Whether a step may reboot its hosts.
    var reboot = false
}
