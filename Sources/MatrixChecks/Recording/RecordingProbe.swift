import MatrixCore

/// One thing that a recording asks a host for, and how its answer becomes checks.
struct RecordingProbe: Sendable {
    /// In the plural, for headings and remarks.
    let what: String
    let script: String
    let read: @Sendable (String) -> [RecordedCheck]

    static func all(_ os: OperatingSystem) -> [RecordingProbe] {
        [services, ports("tcp"), ports("udp"), packages(os.packageManager), accounts, files, mounts, parameters]
    }

    /// Units that start at boot and run; what systemd brings itself is in every host.
    private static let services = RecordingProbe(
        what: "services that are enabled and run",
        script: """
            command -v systemctl >/dev/null && [ -d /run/systemd/system ] || fail "systemd does not run on the host"
            systemctl list-unit-files --type=service --state=enabled --no-legend --no-pager --plain | while read -r unit rest; do
              case $unit in *@.service | systemd-* | getty@* | matrix-*) continue ;; esac
              [ "$(systemctl is-active "$unit")" = active ] && echo "$unit"
            done
            exit 0
            """
    ) { text in
        lines(text).map {
            RecordedCheck("services that are enabled and run", "service", .string($0.hasSuffix(".service") ? String($0.dropLast(8)) : $0))
        }
    }

    /// Ports above are given out by the kernel (net.ipv4.ip_local_port_range) and differ from boot to boot.
    private static let firstEphemeralPort = 32768

    private static func ports(_ name: String) -> RecordingProbe {
        RecordingProbe(what: "\(name) ports that are listened on", script: SocketTable.script(port: nil, protocol: name)) { text in
            let table = SocketTable(text)
            let ports = Set(table.sockets.map(\.port)).filter { $0 < firstEphemeralPort && $0 > 0 }.sorted()
            return ports.map { port in
                let sockets = table.sockets.filter { $0.port == port }
                var keys: [(name: String, value: Value)] = name == "tcp" ? [] : [("protocol", .string(name))]
                let addresses = Set(sockets.map(\.address))
                // Whether a port is open to everybody or to the host alone matters; other addresses are the host's own.
                if addresses.isSubset(of: ["127.0.0.1", "::1"]), let address = addresses.sorted().first {
                    keys.append(("address", .string(address)))
                }
                let holders = Set(sockets.flatMap { table.processes[$0.inode]?.prefix(1) ?? [] })
                if holders.count == 1, let holder = holders.first { keys.append(("process", .string(holder))) }
                return RecordedCheck("\(name) ports that are listened on", "port", .int(port), keys)
            }
        }
    }

    private static func packages(_ manager: OperatingSystem.PackageManager) -> RecordingProbe {
        // Who bootstraps a system often marks all of it: libraries are never asked for by themselves.
        let apt = """
            command -v apt-mark >/dev/null || fail "the host has no apt-mark"
            apt-mark showmanual 2>/dev/null | while read -r name; do
              case $(dpkg-query --show --showformat '${db:Status-Status} ${Essential} ${Priority} ${Section}' "$name" 2>/dev/null) in
                *" libs" | *" oldlibs" | "installed yes "*) ;;
                "installed "*" optional "* | "installed "*" extra "*) echo "$name" ;;
              esac
            done
            exit 0
            """
        // What was asked for is in dnf's history only; its own cache must do, as a good host need not reach its mirrors.
        let dnf = """
            command -v dnf >/dev/null || fail "the host has no dnf"
            dnf -C -q repoquery --userinstalled --qf '%{name}\\n' 2>/dev/null | grep -v '^$' | sort -u
            exit 0
            """
        return RecordingProbe(what: "packages that were asked for", script: manager == .apt ? apt : dnf) { text in
            lines(text).map { RecordedCheck("packages that were asked for", "package", .string($0)) }
        }
    }

    /// People's accounts, and those of services; numbers are given out by each host for itself.
    private static let accounts = RecordingProbe(
        what: "accounts", script: "getent passwd 2>/dev/null || cat /etc/passwd\necho groups\ngetent group 2>/dev/null || cat /etc/group"
    ) { text in
        let border = text.range(ofBytes: "\ngroups\n")
        let entries = lines(String(text[..<(border?.lowerBound ?? text.endIndex)])).compactMap { AccountEntry(account: $0, fields: 7) }
        let users = entries.filter { entry in
            let number = Int(entry.fields[2]) ?? 0
            return (100..<60000).contains(number) && !entry.fields[0].hasPrefix("systemd-") && !entry.fields[0].hasPrefix("_")
        }
        let groups = lines(border.map { String(text[$0.upperBound...]) } ?? "").compactMap { AccountEntry(account: $0, fields: 4) }
        return users.map { user in
            var keys: [(name: String, value: Value)] = [("home", .string(user.fields[5])), ("shell", .string(user.fields[6]))]
            let more = groups.filter { $0.fields[3].split(separator: ",").contains(Substring(user.fields[0])) }.map {
                Value.string($0.fields[0])
            }
            if !more.isEmpty { keys.append(("groups", .map(["contains": .list(more)]))) }
            return RecordedCheck("accounts", "user", .string(user.fields[0]), keys)
        }
    }

    /// What matrix itself puts on hosts: its images, its provisioning and its leases. Nobody chose it.
    private static let ours =
        "/etc/systemd/system/matrix-* | /etc/sudoers.d/zz-solti-matrix-* | /etc/ssh/sshd_config.d/01-matrix.conf | */solti-matrix-*"

    /// Folders in which people, and not packages, put files.
    private static let files = RecordingProbe(
        what: "files that somebody put there",
        script: """
            for path in /etc/systemd/system/*.service /etc/systemd/system/*.timer /etc/sudoers.d/* /etc/cron.d/* \
            /etc/sysctl.d/* /etc/modprobe.d/* /etc/apt/sources.list.d/* /etc/yum.repos.d/* /etc/ssh/sshd_config.d/* \
            /etc/logrotate.d/* /usr/local/bin/* /usr/local/sbin/*; do
              case $path in \(ours)) continue ;; esac
              [ -f "$path" ] && [ ! -L "$path" ] && stat -c '%a|%U|%G|%n' -- "$path"
            done
            exit 0
            """
    ) { text in
        lines(text).compactMap { line in
            let fields = line.split(separator: "|", maxSplits: 3).map(String.init)
            guard fields.count == 4 else { return nil }
            let mode = String(repeating: "0", count: max(0, 4 - fields[0].count)) + fields[0]
            return RecordedCheck(
                "files that somebody put there", "file", .string(fields[3]),
                [("type", "file"), ("mode", .string(mode)), ("owner", .string(fields[1])), ("group", .string(fields[2]))])
        }
    }

    private static let mounts = RecordingProbe(
        what: "mounts", script: "[ -r /proc/self/mountinfo ] || fail 'the host has no /proc/self/mountinfo'\ncat /proc/self/mountinfo"
    ) { text in
        let real: Set = ["ext2", "ext3", "ext4", "xfs", "btrfs", "vfat", "nfs", "nfs4", "cifs", "zfs", "f2fs"]
        let telling: Set = ["ro", "noexec", "nosuid", "nodev"]
        var last: [String: MountTable.Mount] = [:]
        for mount in MountTable(text).mounts { last[mount.path] = mount }
        // Container engines mount these single files themselves.
        let kept = last.values.filter {
            real.contains($0.filesystem) && !["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"].contains($0.path)
                && !$0.path.hasPrefix("/run/")
        }
        return kept.sorted { $0.path < $1.path }.map { mount in
            let options = mount.options.filter(telling.contains).map { Value.string($0) }
            return RecordedCheck(
                "mounts", "mount", .string(mount.path),
                [("filesystem", .string(mount.filesystem))] + (options.isEmpty ? [] : [("options", .list(options))]))
        }
    }

    /// Those that a file of the administrator sets, with the values that the kernel has.
    private static let parameters = RecordingProbe(
        what: "kernel parameters that somebody set",
        script: """
            cat /etc/sysctl.conf /etc/sysctl.d/*.conf 2>/dev/null | grep -v '^ *[#;]' | while IFS='=' read -r key value; do
              key=$(echo "$key" | tr -d ' \\t'); key=${key#-}
              case $key in '' | *[*?]*) continue ;; esac
              path=/proc/sys/$(echo "$key" | tr . /)
              [ -f "$path" ] && [ -r "$path" ] && echo "$key=$(cat "$path" | tr '\\t' ' ')"
            done
            exit 0
            """
    ) { text in
        Array(Set(lines(text))).sorted().compactMap { line in
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            return RecordedCheck("kernel parameters that somebody set", "sysctl", .string(parts[0]), [("value", .string(parts[1]))])
        }
    }

    private static func lines(_ text: String) -> [String] { text.parts(at: "\n").map(String.init) }
}

extension AccountEntry {
    /// Any line of a database.
    fileprivate init?(account line: String, fields count: Int) {
        self.init(Substring(line), named: String(line.prefix { $0 != ":" }), fields: count)
    }
}
