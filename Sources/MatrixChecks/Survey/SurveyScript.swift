import MatrixCore

/// The question of a survey: POSIX sh that prints a line for each thing, `kind<TAB>name<TAB>value`, in sections.
///
/// What changes by itself is left out: counters and random numbers of the kernel, units that systemd makes while it runs, parameters of
/// single network cards, caches that are made again, backups that account tools write.
enum SurveyScript {
    /// The last line, without which the answer is cut.
    static let end = "== end"
    static let tcp = "== tcp"
    static let udp = "== udp"
    static let files = "== files"
    static let digests = "== digests"
    static let mounts = "== mounts"

    static let text = """
        export LC_ALL=C
        tab=$(printf '\\t')
        fail() { exit 0; }
        if command -v dpkg-query >/dev/null; then
          dpkg-query -W -f 'package\\t${binary:Package}\\t${Version} ${db:Status-Status}\\n' 2>/dev/null
        elif command -v rpm >/dev/null; then
          rpm -qa --qf 'package\\t%{NAME}\\t%{VERSION}-%{RELEASE}\\n' 2>/dev/null | sort
        fi
        if [ -d /run/systemd/system ]; then
          systemctl list-unit-files --no-legend --plain --no-pager 2>/dev/null | while read -r unit state rest; do
            case $state in transient | generated) ;; *) echo "unit$tab$unit$tab$state" ;; esac
          done
          for state in running failed; do
            systemctl list-units --type=service --state=$state --no-legend --plain --no-pager 2>/dev/null | cut -d ' ' -f 1 \\
            | grep -v -E '^(user@|user-runtime-dir@|systemd-(hostnamed|timedated|localed|machined)\\.|packagekit\\.|dbus-org)' \\
            | sed "s/^/service$tab/; s/\\$/$tab$state/"
          done
        fi
        (getent passwd || cat /etc/passwd) | cut -d : -f 1,3- | sed "s/^\\([^:]*\\):/user$tab\\1$tab/"
        (getent group || cat /etc/group) | cut -d : -f 1,3- | sed "s/^\\([^:]*\\):/group$tab\\1$tab/"
        kernel='kernel/(random/|ns_last_pid|pty/nr|perf_|sched_domain|tainted|hostname)'
        files='fs/(dentry-state|file-nr|inode|aio-nr|quota/|binfmt_misc/)'
        network='net/(netfilter/nf_conntrack_count|ipv[46]/(conf|neigh)/)'
        grep -r -s '' /proc/sys/kernel /proc/sys/vm /proc/sys/fs /proc/sys/net \\
        | grep -v -E "^/proc/sys/($kernel|$files|$network)" \\
        | tr '\\t' ' ' | sed "s,^/proc/sys/\\([^:]*\\):,sysctl$tab\\1$tab,"
        grep -s '' /proc/sys/net/ipv[46]/conf/all/* /proc/sys/net/ipv[46]/conf/default/* | tr '\\t' ' ' \\
        | sed "s,^/proc/sys/\\([^:]*\\):,sysctl$tab\\1$tab,"
        echo '\(mounts)'
        cat /proc/self/mountinfo
        echo '\(tcp)'
        (\(SocketTable.script(port: nil, protocol: "tcp")))
        echo '\(udp)'
        (\(SocketTable.script(port: nil, protocol: "udp")))
        echo '\(files)'
        find /etc -xdev \\( -type f -o -type l \\) -printf '%y\\t%m\\t%u:%g\\t%l\\t%p\\n' 2>/dev/null
        echo '\(digests)'
        find /etc -xdev -type f -exec sha256sum -- {} + 2>/dev/null
        echo '\(end)'
        exit 0
        """
}
