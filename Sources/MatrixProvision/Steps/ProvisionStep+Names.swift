internal import MatrixCore

extension ProvisionStep {
    /// The host's name, now and after a reboot.
    static func hostName(_ name: String) -> ProvisionStep {
        ProvisionStep(
            title: "host name \(name)", type: .provisionHostname,
            body: """
                name=\(ShellQuoting.quote(name))
                \(hostNameBody)
                """,
            inspection: ["cat", "/etc/hostname", "/proc/sys/kernel/hostname"],
            hint: "the platform must let the host change its name (CAP_SYS_ADMIN in a container)")
    }

    private static let hostNameBody = #"""
        if [ "$(cat /etc/hostname 2>/dev/null)" != "$name" ]; then
          # In place: hostnamectl renames over the file, which a container's mount forbids.
          printf '%s\n' "$name" >/etc/hostname || fail "/etc/hostname cannot be written"
          changed
        fi
        current() { cat /proc/sys/kernel/hostname; }
        if [ "$(current)" != "$name" ]; then
          has hostname && hostname "$name" 2>/dev/null
          [ "$(current)" = "$name" ] || { has hostnamectl && hostnamectl --transient set-hostname "$name" 2>/dev/null; }
          [ "$(current)" = "$name" ] || { printf '%s\n' "$name" >/proc/sys/kernel/hostname; } 2>/dev/null
          [ "$(current)" = "$name" ] || fail "the kernel keeps the name $(current)"
          changed
        fi
        if [ -d /etc/cloud/cloud.cfg.d ]; then
          # cloud-init sets both again at the next boot otherwise.
          printf 'preserve_hostname: true\nmanage_etc_hosts: false\n' >"$tmp/cloud"
          put "$tmp/cloud" /etc/cloud/cloud.cfg.d/99-solti-matrix.cfg 644 root:root || fail "cloud-init cannot be told to keep the name"
        fi
        """#

    /// The block of /etc/hosts that names all hosts of the cell; at its top, as the first matching line counts.
    static func hostsFile(own: String, peers: [HostAddress], domain: String?) -> ProvisionStep {
        let all = peers.contains { $0.name == own } ? peers : [HostAddress(name: own, address: "127.0.1.1")] + peers
        let lines = all.map { peer in
            let names = (domain.map { ["\(peer.name).\($0)"] } ?? []) + [peer.name]
            return "peer \(ShellQuoting.quote(peer.address)) \(ShellQuoting.quote(names.joined(separator: " ")))"
        }
        return ProvisionStep(
            title: "/etc/hosts", type: .provisionHosts,
            body: """
                \(peerFunction)
                {
                echo '# BEGIN solti-matrix'
                \(lines.joined(separator: "\n"))
                echo '# END solti-matrix'
                if [ -f /etc/hosts ]; then sed '/^# BEGIN solti-matrix$/,/^# END solti-matrix$/d' /etc/hosts
                else echo '127.0.0.1 localhost'; fi
                } >"$tmp/hosts"
                put "$tmp/hosts" /etc/hosts 644 root:root || fail "/etc/hosts cannot be written"
                """,
            inspection: ["cat", "/etc/hosts"])
    }

    /// /etc/hosts takes addresses only; a pool may know its hosts by names.
    private static let peerFunction = #"""
        peer() {
          case $1 in
            *[!0-9a-fA-F:.]*) a=$(getent ahosts "$1" | head -n 1 | cut -d ' ' -f 1) ;;
            *) a=$1 ;;
          esac
          if [ -n "$a" ]; then printf '%s %s\n' "$a" "$2"; else printf '# %s has no address: %s\n' "$2" "$1"; fi
        }
        """#
}
