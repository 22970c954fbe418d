/// The limits that this process may hand on to a container.
///
/// Podman asks for more than its caller has; without CAP_SYS_RESOURCE the kernel refuses and no container starts
/// (`error setting rlimit type 7: operation not permitted`).
struct ProcessLimits: Sendable, Hashable {
    /// Most open files; nil for no limit.
    var openFiles: Int?
    /// Most processes; nil for no limit.
    var processes: Int?
    /// The capabilities that this process has in effect, as a set of bits.
    var capabilities: UInt64

    /// Podman lowers itself to these before it starts anything, and nothing below it gets them back.
    private static let podmanMost = 1_048_576
    private static let sysResource: UInt64 = 1 << 24
    /// What a machine may do and Podman's default set withholds, with the kernel's numbers: mounts and host names (systemd), login
    /// records (sshd on RHEL), firewalls and ping, the owners of ports (`ss -p`), a service's `Nice=`, `LimitNOFILE=` and
    /// `LimitMEMLOCK=`.
    private static let hostCapabilities: [(name: String, bit: UInt64)] = [
        ("SYS_ADMIN", 21), ("AUDIT_WRITE", 29), ("NET_ADMIN", 12), ("NET_RAW", 13), ("SYS_PTRACE", 19), ("SYS_NICE", 23), ("SYS_RESOURCE", 24),
        ("IPC_LOCK", 14), ("MKNOD", 27),
    ]

    /// Reads what /proc says of this process.
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

    /// The options of `podman run` and `podman create` that keep a container within them; none where they can be raised.
    var options: [String] {
        guard capabilities & Self.sysResource == 0 else { return [] }
        return [("nofile", openFiles), ("nproc", processes)].flatMap { name, most in
            let limit = min(most ?? Self.podmanMost, Self.podmanMost)
            return ["--ulimit", "\(name)=\(limit):\(limit)"]
        }
    }

    /// The capabilities that a host gets beside Podman's default set; without root it has them in its own user namespace only.
    func hostCapabilities(isRootless: Bool) -> [String] {
        Self.hostCapabilities.filter { isRootless || capabilities & 1 << $0.bit != 0 }.map(\.name)
    }

    private static func hardLimit(_ name: String, in text: String) -> Int? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
        let columns = line.dropFirst(name.count).split(separator: " ")
        return columns.count > 1 ? Int(columns[1]) : nil
    }
}
