import MatrixCore

/// One thing to read on a host on which a check failed.
struct EvidenceQuestion: Sendable {
    /// What the report calls it.
    var title: String
    /// POSIX sh that prints it. If it prints nothing, there is nothing to show.
    var script: String
    /// The lines to show of what it printed.
    var reading: @Sendable (String) -> String = { $0 }
    /// Whether the end says more than the beginning, as in a log.
    var endsMatter = false
    /// Whether it is asked at the level `full` only.
    var isForFull = false

    private static func quoted(_ text: String) -> String { ShellQuoting.quote(text) }

    /// The option of journalctl that begins at the deploy, else ten minutes ago, by the host's own clock.
    private static func since(_ started: Timestamp?) -> String {
        let age = started.map { max(0, Timestamp.now.seconds(since: $0)).rounded(.up) } ?? 600
        return "--since=@$(($(date +%s) - \(Int(nearest: age))))"
    }
}

// MARK: - Services and their logs

extension EvidenceQuestion {
    static func status(of unit: String) -> EvidenceQuestion {
        EvidenceQuestion(
            title: "systemctl status \(unit)", script: "systemctl status --no-pager --full --lines=0 -- \(quoted(unit)) 2>&1")
    }

    static func journal(of unit: String, since started: Timestamp?) -> EvidenceQuestion {
        EvidenceQuestion(
            title: "journal of \(unit), \(started == nil ? "last ten minutes" : "since the deploy")",
            script: "journalctl --no-pager --quiet -o short-iso \(since(started)) -n 2000 -u \(quoted(unit)) 2>/dev/null", endsMatter: true)
    }
}

// MARK: - Network

extension EvidenceQuestion {
    /// The sockets that listen, with their processes.
    static func listening(_ protocol: String) -> EvidenceQuestion {
        EvidenceQuestion(title: "what listens on \(`protocol`)", script: SocketTable.script(port: nil, protocol: `protocol`)) { text in
            let table = SocketTable(text)
            return table.sockets.sorted { ($0.port, $0.address) < ($1.port, $1.address) }.map { socket in
                let address = socket.address.contains(":") ? "[\(socket.address)]" : socket.address
                return "\(address):\(socket.port)  \((table.processes[socket.inode] ?? []).joined(separator: ", "))"
            }.joined(separator: "\n")
        }
    }

    static let route = EvidenceQuestion(
        title: "addresses and routes",
        script: "if command -v ip >/dev/null; then ip -brief address; ip route; ip -6 route; else cat /proc/net/route; fi 2>/dev/null")

    static let resolver = EvidenceQuestion(
        title: "resolver",
        script: """
            for file in /etc/resolv.conf /etc/hosts; do echo "# $file"; grep -v -E '^[[:space:]]*(#|$)' "$file"; done
            grep '^hosts:' /etc/nsswitch.conf
            """)

    static let firewall = EvidenceQuestion(
        title: "firewall",
        script: """
            if firewall-cmd --state >/dev/null 2>&1; then firewall-cmd --list-all
            elif command -v nft >/dev/null; then nft list ruleset
            elif command -v iptables >/dev/null; then iptables -S
            fi 2>/dev/null
            """)
}

// MARK: - Files and packages

extension EvidenceQuestion {
    /// The path, each folder above it, and what protects them.
    static func attributes(of path: String) -> EvidenceQuestion {
        EvidenceQuestion(
            title: "\(path) and the folders above it",
            script: """
                path=\(quoted(path))
                while :; do
                  ls -ldZ -- "$path" 2>/dev/null || ls -ld -- "$path" 2>&1
                  command -v lsattr >/dev/null && [ -e "$path" ] && lsattr -d -- "$path" 2>/dev/null | grep -E '^[^ ]*[aiu]'
                  case $path in / | . | [!/]*) break ;; esac
                  path=${path%/*}; path=${path:-/}
                done
                """)
    }

    /// A file that only its owner may read may hold secrets that nobody told `matrix`.
    static func beginning(of path: String) -> EvidenceQuestion {
        EvidenceQuestion(
            title: "first lines of \(path)",
            script: """
                path=\(quoted(path))
                [ -f "$path" ] || exit 0
                case $(stat -L -c %A -- "$path") in
                  ???????r*) head -c 4096 -- "$path" | tr -d '\\000' ;;
                  *) echo 'not shown: not everybody may read it' ;;
                esac
                """)
    }

    static func package(_ name: String) -> EvidenceQuestion {
        EvidenceQuestion(
            title: "package \(name)",
            script: """
                name=\(quoted(name))
                if command -v dpkg-query >/dev/null; then
                  dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version} ${Architecture}\\n' -- "$name" "$name*" 2>/dev/null
                  apt-cache policy -- "$name" 2>/dev/null
                  grep -h -F " $name:" /var/log/dpkg.log 2>/dev/null | tail -n 8
                elif command -v rpm >/dev/null; then
                  rpm -qa --last -- "$name*"
                  rpm -qV -- "$name" 2>/dev/null | head -n 20
                fi
                """)
    }
}

// MARK: - Processes, mounts, accounts, settings

extension EvidenceQuestion {
    static let processes = EvidenceQuestion(
        title: "processes",
        script: """
            if command -v ps >/dev/null; then ps -eo pid,user,etimes,stat,args | grep -v '\\]$'
            else for id in /proc/[0-9]*; do
              words=$(tr '\\000' ' ' <"$id/cmdline" 2>/dev/null) && [ -n "$words" ] && echo "${id#/proc/} $words"
            done; fi
            """)

    static func mounts(_ path: String) -> EvidenceQuestion {
        EvidenceQuestion(
            title: "mounts, and what should be mounted at \(path)",
            script: """
                path=\(quoted(path))
                df -hT -- "$path" 2>&1
                grep -F -- "$path" /proc/mounts /etc/fstab
                systemctl status --no-pager --full --lines=5 -- "$(systemd-escape -p --suffix=mount "$path")" 2>/dev/null
                """)
    }

    static func account(_ name: String, database: String) -> EvidenceQuestion {
        EvidenceQuestion(
            title: "\(database == "passwd" ? "account" : "group") \(name)",
            script: "getent \(database) \(quoted(name)); id -- \(quoted(name)) 2>&1; getent group | grep -E \(quoted("[:,]\(name)(,|$)"))")
    }

    static func sysctl(_ key: String) -> EvidenceQuestion {
        EvidenceQuestion(
            title: "who sets \(key)",
            script: "grep -F -r -- \(quoted(key)) /etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/lib/sysctl.d 2>/dev/null")
    }
}

// MARK: - The host

extension EvidenceQuestion {
    /// What is wrong with the host as a whole: silent if nothing is.
    static func troubles(since started: Timestamp?) -> EvidenceQuestion {
        EvidenceQuestion(
            title: "the host",
            script: """
                df -P -k 2>/dev/null | awk 'NR > 1 && $2 > 0 && $5 + 0 >= 95 { print "disk: " $6 " is " $5 " full, " $4 " KiB left" }'
                df -P -i 2>/dev/null | awk 'NR > 1 && $2 > 0 && $5 + 0 >= 95 { print "inodes: " $6 " has " $4 " left" }'
                awk '/^MemTotal/ { t = $2 } /^MemAvailable/ { a = $2 } END { if (t && a * 20 < t) \
                print "memory: " a " of " t " KiB available" }' /proc/meminfo
                journalctl --no-pager --quiet -k -o cat \(since(started)) 2>/dev/null \
                | grep -E 'Out of memory|oom-kill|I/O error|read-only' | tail -n 5
                journalctl --no-pager --quiet -o cat \(since(started)) 2>/dev/null | grep -E 'avc: +denied|apparmor="DENIED"' | tail -n 10
                systemctl --failed --no-legend --plain --no-pager 2>/dev/null | sed 's/^/failed unit: /' | head -n 10
                """)
    }

    /// Its state in any case.
    static let state = [
        EvidenceQuestion(title: "disks", script: "df -hT 2>/dev/null", isForFull: true),
        EvidenceQuestion(title: "memory", script: "free -m 2>/dev/null || head -n 5 /proc/meminfo", isForFull: true),
        EvidenceQuestion(title: "kernel log", script: "dmesg 2>/dev/null", endsMatter: true, isForFull: true),
    ]
}
