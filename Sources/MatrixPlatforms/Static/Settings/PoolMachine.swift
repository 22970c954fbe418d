internal import MatrixCore
internal import MatrixRemote

/// A host of a pool as its settings or its inventory describe it.
struct PoolMachine: Sendable, Hashable {
    /// What may be left to `ssh`.
    enum Setting: Sendable, Hashable {
        case port
        case user
    }

    var name: String
    /// As `ssh` gets it: an address, or a name that its configuration knows.
    var address: String
    var port = 22
    /// The account to log in with: root, or one that may use sudo without a password.
    var user: String
    /// What nothing but the user's `ssh_config` says; until ``PoolSource`` has asked, there is OpenSSH's default.
    var open: Set<Setting> = []
    /// The address that `ssh` connects to, if its settings name another for ``address``.
    var hostName: String?
    /// Settings of the user's `ssh_config` by which it is reached, for configurations that stand alone: `ProxyJump=bastion`.
    var found: [String] = []
    /// The name of its key in known_hosts files; nil for its address and port.
    var hostKeyAlias: String?
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

    /// What is written and not `ssh`'s to choose, as words of its command line.
    var words: [String] {
        options.flatMap { ["-o", $0] } + (hostKeyAlias.map { ["-o", "HostKeyAlias=\($0)"] } ?? [])
            + (open.contains(.port) ? [] : ["-p", "\(port)"]) + (open.contains(.user) ? [] : ["-l", user]) + ["--", address]
    }

    /// What `ssh` decides, as it is not written.
    static func open(port: Int?, user: String?) -> Set<Setting> {
        Set((port == nil ? [Setting.port] : []) + (user == nil ? [.user] : []))
    }

    /// Whether `ssh` can add nothing that counts.
    var isSettled: Bool {
        open.isEmpty && HostGrammar.isIPAddress(address) && !options.contains { $0.lowercased().hasPrefix("hostname=") }
    }

    /// The same as `ssh` reaches it.
    func settled(by settings: SSHSettings) -> PoolMachine {
        var machine = self
        if open.contains(.port) { machine.port = settings.port ?? port }
        if open.contains(.user) { machine.user = settings.user ?? user }
        machine.open = []
        machine.hostName = settings.address.flatMap { $0.lowercased() != address.lowercased() && HostGrammar.isAddress($0) ? $0 : nil }
        machine.hostKeyAlias = hostKeyAlias ?? settings.hostKeyAlias
        // OpenSSH expands percent signs in it.
        let name = machine.hostName.map { "HostName=\($0.replacing("%", with: "%%"))" }
        let written = Set(options.map { $0.prefix { $0 != "=" }.lowercased() })
        machine.found = [name, settings.proxy].compactMap(\.self).filter { option in
            let key = option.prefix { $0 != "=" }.lowercased()
            return !written.contains(key) && !(key.hasPrefix("proxy") && written.contains { $0.hasPrefix("proxy") })
        }
        return machine
    }

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
