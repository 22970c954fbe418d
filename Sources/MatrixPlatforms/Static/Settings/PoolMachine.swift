internal import MatrixCore

/// A host of a pool as its settings or its inventory describe it.
struct PoolMachine: Sendable, Hashable {
    var name: String
    var address: String
    var port = 22
    /// The account to log in with: root, or one that may use sudo without a password.
    var user: String
    /// The private key's absolute path; nil for the keys of the SSH agent or the account.
    var key: String?
    /// The system's name in the catalogue.
    var os: String
    /// As `uname -m` or Debian says it: `aarch64`, `arm64`.
    var arch: String?
    /// The roles that it takes; empty for any.
    var roles: [String] = []
    /// Its size; unknown parts are nil.
    var size = HostSize()
    /// Its public keys as `ssh-ed25519 AAAA…`, if known in advance.
    var hostKeys: [String] = []
    /// Further settings of OpenSSH to reach it, such as `ProxyJump=bastion`.
    var options: [String] = []

    /// Identifies the machine in every pool that names it.
    var id: String { "\(address.lowercased()):\(port)" }

    /// One name for all spellings of an architecture.
    static func architecture(_ name: String) -> String {
        switch name.lowercased() {
        case "aarch64", "arm64", "arm64v8": "arm64"
        case "x86_64", "x86-64", "amd64": "amd64"
        case "armv7l", "armv6l", "armhf", "arm": "arm"
        case let other: other
        }
    }

    /// Whether a cell may use it as one of its hosts.
    ///
    /// A cell whose matrix names no roles has one host of role `host`, which every machine takes.
    func fits(_ host: HostPlan, of cell: CellPlan) -> Bool {
        guard os == cell.os.name, roles.isEmpty || host.role == "host" || roles.contains(host.role) else { return false }
        if let wanted = cell.point.first(where: { $0.axis == "arch" })?.value, let arch,
            Self.architecture(wanted) != Self.architecture(arch)
        {
            return false
        }
        return holds(host.size)
    }

    /// Unknown parts count as large enough.
    private func holds(_ wanted: HostSize) -> Bool {
        func isEnough(_ has: Int?, _ wanted: Int?) -> Bool { has.flatMap { has in wanted.map { has >= $0 } } ?? true }
        return isEnough(size.cores, wanted.cores) && isEnough(size.memory, wanted.memory) && isEnough(size.disk, wanted.disk)
    }
}
