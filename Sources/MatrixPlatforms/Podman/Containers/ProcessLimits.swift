/// The limits that this process can give to a container.
///
/// Podman asks for more than its caller has. Without CAP_SYS_RESOURCE the kernel refuses, and no container starts
/// (`error setting rlimit type 7: operation not permitted`).
struct ProcessLimits: Sendable, Hashable {
    /// The limit of open files; nil for none.
    var openFiles: Int?
    /// The limit of processes; nil for none.
    var processes: Int?
    /// The effective capabilities of this process, as bits.
    var capabilities: UInt64

    /// Podman lowers its own limits to this before it starts anything, and its children cannot raise them again.
    private static let podmanMost = 1_048_576
    private static let sysResource: UInt64 = 1 << 24
    /// The capabilities that a machine has and Podman's default set lacks, with their numbers: mounts and host names (systemd), login
    /// records (sshd on RHEL), firewalls and ping, the owners of ports (`ss -p`), a service's `Nice=`, `LimitNOFILE=` and
    /// `LimitMEMLOCK=`.
    private static let hostCapabilities: [(name: String, bit: UInt64)] = [
        ("SYS_ADMIN", 21), ("AUDIT_WRITE", 29), ("NET_ADMIN", 12), ("NET_RAW", 13), ("SYS_PTRACE", 19), ("SYS_NICE", 23),
        ("SYS_RESOURCE", 24),
        ("IPC_LOCK", 14), ("MKNOD", 27),
    ]

    /// Reads /proc of this process.
    ///
    /// - Parameters:
    ///   - limits: /proc/self/limits.
    ///   - status: /proc/self/status.
    ///   - mostPIDs: /proc/sys/kernel/pid_max, above which Podman allows no processes.
    init(limits: String, status: String, mostPIDs: String?) {
        openFiles = Self.hardLimit("Max open files", in: limits)
        processes = Self.hardLimit("Max processes", in: limits)
        if let most = mostPIDs.flatMap({ Int($0.filter(\.isNumber)) }) { processes = min(processes ?? most, most) }
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        capabilities = line.flatMap { UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) } ?? 0
    }

    /// The options of `podman run` and `podman create` that keep a container within these limits; none if they can be raised.
    var options: [String] {
        guard capabilities & Self.sysResource == 0 else { return [] }
        return [("nofile", openFiles), ("nproc", processes)].flatMap { name, most in
            let limit = min(most ?? Self.podmanMost, Self.podmanMost)
            return ["--ulimit", "\(name)=\(limit):\(limit)"]
        }
    }

    /// The capabilities that a host gets in addition to Podman's default set; without root they apply only in its user namespace.
    func hostCapabilities(isRootless: Bool) -> [String] {
        Self.hostCapabilities.filter { isRootless || capabilities & 1 << $0.bit != 0 }.map(\.name)
    }

    private static func hardLimit(_ name: String, in text: String) -> Int? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
        let columns = line.dropFirst(name.count).split(separator: " ")
        return columns.count > 1 ? Int(columns[1]) : nil
    }
}
