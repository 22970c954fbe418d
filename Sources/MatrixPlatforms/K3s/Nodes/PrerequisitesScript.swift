/// The script that every node runs before K3s is installed. Running it again changes nothing.
///
/// Variables: `cluster` (whose mark the host gets), `control`, `etcd` and `download` (not empty: yes), `networks` (of pods and services,
/// separated by spaces), `data` (K3s's folder; default: its usual one). Messages: `name`, `machine`, `boot`,
/// `present PATH-OR-CLUSTER`, `reboot REASON` and `problem WORD`.
enum PrerequisitesScript {
    static let text = start + inventory + present + facts + cgroups + modules + firewall + programs

    private static let start = #"""
        mark=\#(ClusterMark.folder)
        usual=\#(K3sSettings.usualDataFolder)
        data=${data:-$usual}
        contained=
        if has systemd-detect-virt && systemd-detect-virt --quiet --container; then contained=yes; fi
        say boot "$(cat /proc/sys/kernel/random/boot_id)"

        """#

    /// A host that already has Kubernetes belongs to somebody else: it is neither changed nor, later, cleaned.
    static let present = #"""
        if [ -s "$mark/cluster" ] && [ "$(cat "$mark/cluster")" != "$cluster" ]; then
            say present "$(cat "$mark/cluster")"; return 0
        fi
        if [ ! -s "$mark/cluster" ]; then
            for path in /etc/systemd/system/k3s.service /etc/systemd/system/k3s-agent.service "$usual/server" \
                "$usual/agent/client-kubelet.crt" "$data/server" "$data/agent/client-kubelet.crt" /etc/kubernetes/kubelet.conf; do
                if [ -e "$path" ]; then say present "$path"; return 0; fi
            done
            if [ "$data" != "$usual" ] && ls -A "$data" 2>/dev/null | grep -qvxF lost+found; then say problem data-dir; return 0; fi
            rm -rf "$mark" && mkdir -p "$mark" || return 1
            note_what_is_there
            keep_own_files || return 1
            # Last: without this file the ones above do not count.
            printf '%s\n' "$cluster" >"$mark/cluster" || return 1
        fi

        """#

    /// Records what exists before K3s and other programs may use, too: the removal leaves it alone. What the removal would delete, or K3s
    /// overwrite, is kept aside.
    private static let inventory =
        RulesScript.functions + OwnFilesScript.copying + #"""
            note_what_is_there() {
                for path in /etc/rancher /var/lib/rancher /etc/cni/net.d /var/lib/cni /var/log/pods /var/log/containers \
                    /usr/libexec/kubernetes /usr/libexec/kubernetes/kubelet-plugins /run/containerd /run/containerd/s /run/containerd/runc \
                    /run/containerd/runc/k8s.io /run/netns "$HOME/.kube" "$HOME/.kube/cache"; do
                    if ! [ -e "$path" ] && ! [ -L "$path" ]; then echo "$path"; fi
                done >"$mark/absent"
                parent=${data%/*}
                while [ -n "$parent" ] && [ ! -e "$parent" ]; do echo "$parent"; parent=${parent%/*}; done >>"$mark/absent"
                for folder in /var/log/pods /var/log/containers /run/netns; do
                    if [ -d "$folder" ]; then ls -A "$folder" | sed "s|^|$folder/|"; fi
                done >"$mark/entries"
                cut -d ' ' -f 2 /proc/self/mounts >"$mark/mounts"
                readlink -f "$data" >"$mark/data" || echo "$data" >"$mark/data"
                note_settings
            """# + "\n" + RulesScript.keeping + "}\n"

    static let facts = #"""
        say name "$(uname -n)"
        say machine "$(uname -m)"
        . /etc/os-release
        rhel=
        case " ${ID:-} ${ID_LIKE:-} " in *" rhel "*|*" fedora "*) rhel=yes ;; esac

        """#

    /// Asks the kernel's list of cgroups: on a Raspberry Pi only the firmware's copy of the command line counts.
    static let cgroups = #"""
        if ! grep -qsw memory /sys/fs/cgroup/cgroup.controllers &&
            [ "$(while read -r name _ _ enabled; do [ "$name" != memory ] || echo "$enabled"; done </proc/cgroups 2>/dev/null)" != 1 ]; then
            file=
            for path in /boot/firmware/cmdline.txt /boot/cmdline.txt; do
                if [ -f "$path" ]; then file=$path; break; fi
            done
            if [ -n "$file" ]; then
                if ! grep -qw cgroup_enable=memory "$file"; then
                    echo "adding cgroup_memory=1 cgroup_enable=memory to $file"
                    sed -i '1s/[[:space:]]*$/ cgroup_memory=1 cgroup_enable=memory/' "$file" || return 1
                fi
                say reboot memory-cgroup
            else
                say problem memory-cgroup
            fi
        fi

        """#

    /// If the kernel was updated but not booted, the running kernel's modules are gone with the old package.
    static let modules = #"""
        bridged() { [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || modprobe br_netfilter >/dev/null 2>&1; }
        if [ -z "$contained" ] && ! bridged; then
            if [ -n "$rhel" ]; then
                dnf -y install "kernel-modules-extra-$(uname -r)" || dnf -y install kernel-modules-extra || true
            fi
            # Ubuntu's smaller kernels have it in another package.
            if [ "${ID:-}" = ubuntu ]; then
                apt-get -qq update && apt-get -qq -y install "linux-modules-extra-$(uname -r)" || true
            fi
            if ! bridged; then
                newest=$(ls /lib/modules 2>/dev/null | sort -V | tail -n 1)
                if [ -n "$newest" ] && [ "$newest" != "$(uname -r)" ]; then say reboot br-netfilter; else say problem br-netfilter; fi
            fi
        fi
        if [ -z "$contained" ]; then
            echo br_netfilter >/etc/modules-load.d/solti-matrix-k3s.conf
        fi

        """#

    /// Records what it opens, so that the removal closes only that.
    private static let firewall = #"""
        if has firewall-cmd && firewall-cmd --state >/dev/null 2>&1; then
            allow() {
                firewall-cmd --permanent "$1" --query-"$2" >/dev/null 2>&1 && return 0
                echo "opening the firewall: $2"
                firewall-cmd --permanent "$1" --add-"$2" >/dev/null || return 1
                printf '%s %s\n' "$1" "$2" >>"$mark/firewall"
            }
            zone=--zone=$(firewall-cmd --get-default-zone)
            allow "$zone" port=8472/udp && allow "$zone" port=10250/tcp || return 1
            [ -z "$control" ] || allow "$zone" port=6443/tcp || return 1
            [ -z "$etcd" ] || allow "$zone" port=2379-2380/tcp || return 1
            for network in $networks; do allow --zone=trusted "source=$network" || return 1; done
            firewall-cmd --reload >/dev/null || return 1
        fi

        """#

    private static let programs = #"""
        if [ -n "$download" ] && ! has curl && ! has wget; then
            echo "installing curl"
            if has apt-get; then apt-get -qq update && apt-get -qq -y install curl ca-certificates
            else dnf -q -y install curl; fi || return 1
        fi
        return 0
        """#
}

/// A host's record of its cluster, until the cluster is removed.
enum ClusterMark {
    /// Holds the cluster's name, what was there before it, and K3s's own iptables programs.
    static let folder = "\(HostLease.folder)/k3s"
}
