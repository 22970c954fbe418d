/// The script that removes K3s, or any part of it, from a host. Running it again finds nothing to do.
///
/// Variables: `cluster`, `networks` (of pods and services, separated by spaces) and `data` (K3s's folder). Messages: `left WHAT` for
/// what could not be removed, `unseen WHAT` for what no program of the host can look for, then `done`. It leaves a host without this
/// cluster's mark alone: K3s on it is not ours.
enum RemovalScript {
    static let text =
        guardian + RulesScript.functions + OwnFilesScript.copying + OwnFilesScript.puttingBack + findings + scripts + remains + traces
        + check

    private static let guardian = #"""
        mark=\#(ClusterMark.folder)
        data=${data:-\#(K3sSettings.usualDataFolder)}
        rm -rf /tmp/solti-matrix-k3s.*
        if [ ! -s "$mark/cluster" ] || [ "$(cat "$mark/cluster")" != "$cluster" ]; then
            echo "nothing of $cluster is here"; say done; return 0
        fi
        # Links lead to it, and programs and mounts are known by its real name.
        real=$(cat "$mark/data" 2>/dev/null || echo "$data")

        """#

    /// What the host has of the cluster. A pod's process runs a program of the pod's image: only its cgroup shows whose it is. A process
    /// with K3s's program but another root belongs to a foreign container, such as k3d's.
    private static let findings = #"""
        was_absent() { grep -qsxF "$1" "$mark/absent"; }
        was_mounted() { grep -qsxF "$1" "$mark/mounts"; }
        was_there() { grep -qsxF "$1" "$mark/entries"; }
        above=$(sed 's#^[^:]*:[^:]*:##; s#/init\.scope$##; s#/$##; s#[.+*?()|{}^$[]#\\&#g' /proc/1/cgroup | sort -u | grep . | tr '\n' '|')
        pods="^[0-9]+:[^:]*:(${above}-)?/(kubepods(\.slice)?|k3s|system\.slice/k3s(-agent)?\.service)(/|\$)"
        candidates() {
            for process in /proc/[0-9]*; do
                case $(readlink "$process/exe" 2>/dev/null) in
                    "$data"/*|"$real"/*|/usr/local/bin/k3s|/usr/local/bin/k3s\ *|/opt/bin/k3s)
                        if [ "$process/root/" -ef / ]; then echo "${process#/proc/}"; fi ;;
                esac
            done
            grep -lE "$pods" /proc/[0-9]*/cgroup 2>/dev/null | cut -d / -f 3
        }
        ours() {
            for process in $(candidates | sort -nu); do
                # Skips zombies.
                if [ "$process" != $$ ] && grep -q '^State:[[:space:]]*[^ZX]' "/proc/$process/status" 2>/dev/null; then echo "$process"; fi
            done
        }
        mounts() {
            while read -r _ path _; do
                case $path in
                    /run/k3s*|"$data"|"$data"/*|"$real"|"$real"/*|/var/lib/kubelet*) was_mounted "$path" || printf '%s\n' "$path" ;;
                esac
            done </proc/self/mounts | sort -r
        }
        netns() {
            for path in /run/netns/cni-*; do
                if { [ -e "$path" ] || [ -L "$path" ]; } && ! was_there "$path"; then echo "$path"; fi
            done
        }
        interfaces() {
            for link in cni0 flannel.1 flannel-v6.1 flannel-wg flannel-wg-v6 kube-ipvs0; do
                if [ -e "/sys/class/net/$link" ]; then echo "$link"; fi
            done
        }
        cgroups() {
            if [ -e /sys/fs/cgroup/cgroup.controllers ]; then set -- /sys/fs/cgroup; else set -- /sys/fs/cgroup/*; fi
            for root; do
                for group in kubepods kubepods.slice k3s system.slice/k3s.service system.slice/k3s-agent.service; do
                    if [ -d "$root/$group" ]; then echo "$root/$group"; fi
                done
            done
        }
        remove_cgroups() {
            for path in $(cgroups); do find "$path" -depth -type d -exec rmdir {} + 2>&1; done
        }

        """#

    /// If both services are on one host, the first script leaves the shared parts to the second. The scripts would also delete what
    /// belongs to other programs: each rule with the word `flannel` or `CNI-`, each network namespace `cni-…`, all of /var/lib/cni.
    /// Rules are deleted below.
    private static let scripts = #"""
        keep_programs "$mark/bin"
        for bundle in /run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/*; do
            if [ -d "$bundle" ]; then
                echo "/run/containerd/runc/k8s.io/${bundle##*/}"
                grep -ohs '/run/containerd/s/[0-9a-f]*' "$bundle/address" "$bundle/bootstrap.json"
            fi
        done >>"$mark/runtime"
        export K3S_DATA_DIR="$data"
        mkdir -p "$mark/aside"
        for family in iptables ip6tables; do printf '#!/bin/sh\nexec cat >/dev/null\n' >"$mark/aside/$family-restore"; done
        for program in ip umount; do
            printf '#!/bin/sh\nfor last; do :; done\n! grep -qsxF "/run/netns/${last##*/}" "%s" || exit 1\nexec "%s" "$@"\n' \
                "$mark/entries" "$(command -v $program)" >"$mark/aside/$program"
        done
        chmod 755 "$mark"/aside/*
        if [ -d /var/lib/cni ] && ! was_absent /var/lib/cni && [ ! -e "$mark/networks" ]; then cp -a /var/lib/cni "$mark/networks"; fi
        for unit in k3s-agent k3s; do
            for folder in /usr/local/bin /opt/bin; do
                script=$folder/$unit-uninstall.sh
                [ -f "$script" ] || continue
                echo "running $script"
                PATH="$mark/aside:$PATH" timeout 150 sh "$script" || true
            done
        done

        """#

    /// What those scripts leave; everything if there are no scripts, as after an interrupted install.
    private static let remains = #"""
        if [ -e "$mark/networks" ] && [ ! -e /var/lib/cni ]; then cp -a "$mark/networks" /var/lib/cni; fi
        for unit in k3s-agent k3s; do
            systemctl disable --now "$unit" >/dev/null 2>&1
            rm -rf "/etc/systemd/system/$unit.service" "/etc/systemd/system/$unit.service.env" "/etc/systemd/system/$unit.service.d"
            rm -f "/etc/systemd/system/multi-user.target.wants/$unit.service"
        done
        systemctl daemon-reload
        systemctl reset-failed k3s k3s-agent >/dev/null 2>&1
        # A process takes a moment to end, and a new one is not on the list yet.
        tries=0
        while [ "$tries" -lt 50 ]; do
            found=$(ours)
            [ -n "$found" ] || break
            for process in $found; do kill -9 "$process" 2>/dev/null; done
            tries=$((tries + 1)); sleep 0.2
        done
        mounts | while read -r path; do umount "$path" 2>/dev/null || umount -l "$path"; done
        for path in $(netns); do umount "$path" 2>/dev/null || umount -l "$path" 2>/dev/null; rm -f "$path"; done
        for port in /sys/class/net/cni0/brif/*; do
            if [ -e "$port" ]; then ip link delete "${port##*/}" 2>/dev/null; fi
        done
        for link in $(interfaces); do ip link delete "$link"; done
        delete_rules
        # Without kube-proxy's rules, route_localnet would let neighbours reach what listens only on 127.0.0.1.
        changed_settings | while read -r name before; do echo "$before" >"/proc/sys/$name"; done
        if [ -n "$(cgroups)" ]; then
            systemctl stop kubepods.slice >/dev/null 2>&1
            tries=0
            while remove_cgroups >/dev/null; [ -n "$(cgroups)" ] && [ "$tries" -lt 10 ]; do tries=$((tries + 1)); sleep 0.1; done
        fi

        """#

    /// A node's password in /etc/rancher/node would keep the host out of its next cluster. Folders that other programs also use are removed
    /// if they did not exist before; otherwise only K3s's part of them.
    private static let traces = #"""
        foreign_runtime() { [ -e /run/containerd/containerd.sock ] || grep -qs ' /run/containerd/' /proc/net/unix; }
        paths() {
            echo /etc/rancher/k3s /etc/rancher/node "$data" "$real" /var/lib/kubelet /run/k3s /run/flannel
            echo /usr/local/bin/k3s /usr/local/bin/k3s-killall.sh /usr/local/bin/k3s-uninstall.sh /usr/local/bin/k3s-agent-uninstall.sh
            for path in /etc/cni/net.d /var/lib/cni /usr/libexec/kubernetes /usr/libexec/kubernetes/kubelet-plugins "$HOME/.kube/cache"; do
                if was_absent "$path"; then echo "$path"; fi
            done
            echo /var/lib/cni/networks/cbr0 /var/lib/cni/results/cbr0-* /var/lib/cni/flannel
            for folder in /var/log/pods /var/log/containers; do
                if was_absent "$folder"; then echo "$folder"; continue; fi
                [ -d "$folder" ] && [ -e "$mark/entries" ] || continue
                for path in "$folder"/*; do was_there "$path" || echo "$path"; done
            done
            if was_absent /run/containerd && ! foreign_runtime; then echo /run/containerd; else cat "$mark/runtime"; fi
        }
        for link in kubectl crictl ctr; do
            case $(readlink "/usr/local/bin/$link") in k3s|/usr/local/bin/k3s) rm -f "/usr/local/bin/$link" ;; esac
        done
        # A disk of the host's owner stays mounted.
        wipe() {
            if was_mounted "$1"; then find "$1" -xdev -mindepth 1 -maxdepth 1 ! -name lost+found -exec rm -rf {} +
            else rm -rf --one-file-system "$1"; fi
        }
        is_there() {
            if was_mounted "$1"; then ls -A "$1" | grep -qvxF lost+found; else [ -e "$1" ] || [ -L "$1" ]; fi
        }
        for path in $(paths); do wipe "$path"; done
        empty_netns() { was_absent /run/netns && [ -d /run/netns ] && [ -z "$(ls -A /run/netns)" ]; }
        if empty_netns; then
            while umount /run/netns 2>/dev/null; do :; done
            rmdir /run/netns
        fi
        for path in "$HOME/.kube" /run/containerd/s /run/containerd/runc/k8s.io /run/containerd/runc; do
            if was_absent "$path"; then rmdir "$path" 2>/dev/null; fi
        done
        for path in /etc/rancher /var/lib/rancher; do
            if was_absent "$path"; then rmdir "$path" 2>/dev/null; fi
        done
        parent=${data%/*}
        while [ -n "$parent" ] && was_absent "$parent" && rmdir "$parent" 2>/dev/null; do parent=${parent%/*}; done
        rm -f /etc/modules-load.d/solti-matrix-k3s.conf
        if [ -s "$mark/firewall" ] && has firewall-cmd && firewall-cmd --state >/dev/null 2>&1; then
            while read -r zone rule; do firewall-cmd --permanent "$zone" --remove-"$rule" >/dev/null; done <"$mark/firewall"
            firewall-cmd --reload >/dev/null
        fi

        """#

    /// If a cgroup cannot be removed although no process of this container is in it, it holds one of another container: some machines give
    /// all their containers one tree.
    ///
    /// A command line is shown by its first words, whole ones: half a secret would not be recognised.
    private static let check = #"""
        left=
        leave() { left=yes; say left "$*"; }
        unseen() { left=yes; say unseen "$*"; }
        for path in $(paths) /etc/systemd/system/k3s.service /etc/systemd/system/k3s-agent.service \
            /etc/systemd/system/multi-user.target.wants/k3s.service /etc/systemd/system/multi-user.target.wants/k3s-agent.service; do
            if is_there "$path"; then leave "$path"; fi
        done
        for process in $(ours); do leave "process $process ($(tr '\0' ' ' <"/proc/$process/cmdline" 2>/dev/null | cut -d ' ' -f 1-4))"; done
        for path in $(mounts); do leave "mount $path"; done
        for path in $(netns); do leave "network namespace $path"; done
        if empty_netns; then leave /run/netns; fi
        for link in $(interfaces); do leave "interface $link"; done
        look_for_rules
        contained=
        if has systemd-detect-virt && systemd-detect-virt --quiet --container; then contained=yes; fi
        for path in $(cgroups); do
            errors=$(find "$path" -depth -type d -exec rmdir {} + 2>&1)
            [ -d "$path" ] || continue
            if [ -n "$contained" ] && ! find "$path" -name cgroup.procs -exec cat {} + 2>/dev/null | grep -q '[1-9]' &&
                ! printf '%s\n' "$errors" | grep -qv 'busy$'; then
                echo "$path is held from outside of this container"; continue
            fi
            leave "cgroup $path"
        done
        changed_settings >"$mark/now"
        while read -r name before; do leave "sysctl $(echo "$name" | tr / .)=$(cat "/proc/sys/$name")"; done <"$mark/now"
        put_back
        if [ -z "$left" ]; then rm -rf "$mark"; rmdir /var/lib/solti-matrix 2>/dev/null; fi
        say done
        return 0
        """#
}
