import MatrixCore

/// Reads what ``SurveyScript`` prints.
enum SurveyReader {
    /// Filesystems of the kernel itself.
    private static let kernelFilesystems: Set = [
        "proc", "sysfs", "cgroup", "cgroup2", "devpts", "devtmpfs", "mqueue", "securityfs", "debugfs", "tracefs", "fusectl", "configfs",
        "pstore", "bpf", "autofs", "binfmt_misc", "nsfs", "ramfs", "rpc_pipefs", "hugetlbfs", "efivarfs", "selinuxfs",
    ]
    /// Files that are made again by themselves, and that account tools leave.
    private static let ownFiles: Set = [
        "/etc/mtab", "/etc/ld.so.cache", "/etc/adjtime", "/etc/.pwd.lock", "/etc/.updated", "/etc/passwd-", "/etc/group-", "/etc/shadow-",
        "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-",
    ]
    /// Ports above are given out by the kernel for a moment (net.ipv4.ip_local_port_range).
    private static let firstEphemeralPort = 32768

    /// The survey; nil if the end is missing.
    static func survey(_ output: String) -> HostSurvey? {
        var sections: [String: [Substring]] = [:]
        var name = ""
        for line in output.parts(at: "\n") {
            if line.hasPrefix("== ") { name = String(line) } else { sections[name, default: []].append(line) }
        }
        guard name == SurveyScript.end else { return nil }
        var entries: [String: String] = [:]
        for line in sections[""] ?? [] { add(line, to: &entries) }
        for mount in MountTable((sections[SurveyScript.mounts] ?? []).joined(separator: "\n")).mounts where isShown(mount) {
            entries["mount \(mount.path)"] = "\(mount.filesystem) \(mount.options.sorted().joined(separator: ","))"
        }
        addPorts("tcp", sections[SurveyScript.tcp], to: &entries)
        addPorts("udp", sections[SurveyScript.udp], to: &entries)
        addFiles(sections[SurveyScript.files] ?? [], digests: sections[SurveyScript.digests] ?? [], to: &entries)
        return HostSurvey(entries)
    }

    private static func add(_ line: Substring, to entries: inout [String: String]) {
        let fields = line.parts(at: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 3, !fields[1].isEmpty else { return }
        let name = fields[0] == "sysctl" ? "sysctl \(fields[1].replacing("/", with: "."))" : "\(fields[0]) \(fields[1])"
        // A parameter of several lines, and a package in several versions, such as kernels.
        entries[name] = entries[name].map { "\($0), \(fields[2])" } ?? fields[2]
    }

    private static func isShown(_ mount: MountTable.Mount) -> Bool {
        !kernelFilesystems.contains(mount.filesystem) && !mount.path.hasPrefix("/run/") && !mount.path.hasPrefix("/proc/")
            && !mount.path.hasPrefix("/sys/")
    }

    private static func addPorts(_ name: String, _ lines: [Substring]?, to entries: inout [String: String]) {
        let table = SocketTable((lines ?? []).joined(separator: "\n"))
        for socket in table.sockets where socket.port < firstEphemeralPort {
            let address = socket.address.contains(":") ? "[\(socket.address)]" : socket.address
            entries["port \(name) \(address):\(socket.port)"] = table.processes[socket.inode]?.first ?? ""
        }
    }

    private static func addFiles(_ files: [Substring], digests: [Substring], to entries: inout [String: String]) {
        var sums: [Substring: Substring] = [:]
        for line in digests {
            // sha256sum begins the line of a name with a backslash or a newline with a backslash.
            let parts = line.drop { $0 == "\\" }.parts(at: " ", maxSplits: 1)
            if parts.count == 2 { sums[parts[1].dropFirst()] = parts[0].prefix(16) }
        }
        for line in files {
            let fields = line.parts(at: "\t", maxSplits: 4, omittingEmptySubsequences: false)
            guard fields.count == 5, fields[4].hasPrefix("/etc/"), !ownFiles.contains(String(fields[4])) else { continue }
            let path = String(fields[4])
            entries[path] = fields[0] == "l" ? "link to \(fields[3])" : "\(fields[1]) \(fields[2]) \(sums[fields[4]] ?? "unread")"
        }
    }
}
