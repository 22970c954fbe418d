/// What takes K3s off a host, whatever of it is there; the same again finds nothing to do.
///
/// It takes `cluster`, and says `left WHAT` for all that could not be removed, then `done`. A host without this cluster's mark
/// is left alone: K3s on it is not ours.
enum RemovalScript {
    static let text = guardian + scripts + remains + traces + check

    private static let guardian = #"""
        mark=/var/lib/solti-matrix/k3s
        rm -rf /tmp/solti-matrix-k3s.*
        if [ ! -s "$mark/cluster" ] || [ "$(cat "$mark/cluster")" != "$cluster" ]; then
            echo "nothing of $cluster is here"; say done; return 0
        fi

        """#

    /// With both services on one host the first script leaves what they share to the second.
    private static let scripts = #"""
        for unit in k3s-agent k3s; do
            for folder in /usr/local/bin /opt/bin; do
                script=$folder/$unit-uninstall.sh
                [ -f "$script" ] || continue
                echo "running $script"
                timeout 150 sh "$script" || true
            done
        done

        """#

    /// What those scripts leave, and all of it where there is none: an install that was stopped half-way.
    private static let remains = #"""
        for unit in k3s-agent k3s; do
            systemctl disable --now "$unit" >/dev/null 2>&1
            rm -rf "/etc/systemd/system/$unit.service" "/etc/systemd/system/$unit.service.env" "/etc/systemd/system/$unit.service.d"
        done
        systemctl daemon-reload
        systemctl reset-failed k3s k3s-agent >/dev/null 2>&1
        ours() {
            for process in /proc/[0-9]*; do
                case $(readlink "$process/exe" 2>/dev/null) in
                    /var/lib/rancher/k3s/*|/usr/local/bin/k3s|/usr/local/bin/k3s\ *|/opt/bin/k3s) echo "${process#/proc/}" ;;
                esac
            done
        }
        for process in $(ours); do kill -9 "$process" 2>/dev/null; done
        mounts() {
            while read -r _ path _; do
                case $path in /run/k3s*|/var/lib/rancher/k3s*|/var/lib/kubelet*|/run/netns/cni-*) printf '%s\n' "$path" ;; esac
            done </proc/self/mounts | sort -r
        }
        mounts | while read -r path; do umount "$path" 2>/dev/null || umount -l "$path"; done
        interfaces() {
            for link in cni0 flannel.1 flannel-v6.1 flannel-wg flannel-wg-v6 kube-ipvs0; do
                if [ -e "/sys/class/net/$link" ]; then echo "$link"; fi
            done
        }
        for port in /sys/class/net/cni0/brif/*; do
            if [ -e "$port" ]; then ip link delete "${port##*/}" 2>/dev/null; fi
        done
        for link in $(interfaces); do ip link delete "$link"; done
        for tables in iptables ip6tables; do
            has "$tables-save" && "$tables-save" 2>/dev/null | grep -qE 'KUBE-|CNI-|flannel' || continue
            "$tables-save" | grep -v -e KUBE- -e CNI- | grep -iv flannel | "$tables-restore"
        done

        """#

    /// A node's password in /etc/rancher/node would keep the host out of its next cluster.
    private static let traces = #"""
        paths() {
            echo /etc/rancher/k3s /etc/rancher/node /var/lib/rancher/k3s /var/lib/kubelet /var/lib/cni /run/k3s /run/flannel
            echo /usr/local/bin/k3s /usr/local/bin/k3s-killall.sh /usr/local/bin/k3s-uninstall.sh /usr/local/bin/k3s-agent-uninstall.sh
            if [ -e "$mark/cni" ]; then echo /etc/cni/net.d; fi
        }
        for link in kubectl crictl ctr; do
            case $(readlink "/usr/local/bin/$link") in k3s|/usr/local/bin/k3s) rm -f "/usr/local/bin/$link" ;; esac
        done
        for path in $(paths); do rm -rf "$path"; done
        rmdir /etc/rancher /var/lib/rancher 2>/dev/null
        rm -f /etc/modules-load.d/solti-matrix-k3s.conf
        if [ -s "$mark/firewall" ] && has firewall-cmd && firewall-cmd --state >/dev/null 2>&1; then
            while read -r zone rule; do firewall-cmd --permanent "$zone" --remove-"$rule" >/dev/null; done <"$mark/firewall"
            firewall-cmd --reload >/dev/null
        fi

        """#

    private static let check = #"""
        left=
        for path in $(paths) /etc/systemd/system/k3s.service /etc/systemd/system/k3s-agent.service; do
            if [ -e "$path" ] || [ -L "$path" ]; then left=yes; say left "$path"; fi
        done
        for process in $(ours); do left=yes; say left "process $process"; done
        for path in $(mounts); do left=yes; say left "mount $path"; done
        for link in $(interfaces); do left=yes; say left "interface $link"; done
        if [ -z "$left" ]; then rm -rf "$mark"; rmdir /var/lib/solti-matrix 2>/dev/null; fi
        say done
        return 0
        """#
}
