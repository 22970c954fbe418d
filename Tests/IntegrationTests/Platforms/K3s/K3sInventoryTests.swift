import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// A host is the same after a cluster as before: its files, rules, links, mounts, processes, cgroups and settings are counted.
///
/// The host has no iptables in its path, as a small Debian; the stand-in brings its programs along, as the real K3s does.
@Suite(.requires(.podman)) struct K3sInventoryTests {
    private static let fixtures = Repository.path("fixtures/k3s")
    private static let variables = ["cluster": "mine", "control": "yes", "download": "", "networks": "10.42.0.0/16 10.43.0.0/16"]
    private static let cell = CellPlan(
        name: "inventory", point: [],
        os: OperatingSystem(
            name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"), debianSuite: "bookworm"),
        platform: "k3s",
        hosts: [HostPlan(name: "inventory")])

    @Test func aHostIsAsItWasBefore() async throws {
        try await withHost { shell in
            try await expectSame(shell, of: "a cluster")
            try await expectSame(shell, of: "a cluster without its scripts") {
                _ = try await shell.run("rm /usr/local/bin/k3s-uninstall.sh /usr/local/bin/k3s-killall.sh")
            }
            try await expectSame(shell, of: "a cluster with rules of the older iptables", fault: "legacy")
            try await expectSame(shell, of: "a cluster whose own script somebody ran") {
                _ = try await shell.run("sh /usr/local/bin/k3s-uninstall.sh")
            }
        }
    }

    /// Its own container engine, its own rules and its own networks, from before and from in between.
    @Test func whatIsTheHostsOwnStays() async throws {
        try await withHost { shell in
            let own = try await shell.run(Self.own)
            #expect(own.exitStatus == 0, "\(own.tail)")
            try await expectSame(shell, of: "a cluster beside others", extra: Self.between)
            try await expectSame(shell, of: "a cluster beside others, without its scripts", extra: Self.between) {
                _ = try await shell.run("rm /usr/local/bin/k3s-uninstall.sh /usr/local/bin/k3s-killall.sh")
            }
            let alive = try await shell.run("kill -0 $(cat /srv/theirs.pid) && say alive; ip netns exec theirs true && say alive")
            #expect(alive.all("alive").count == 2)
        }
    }

    /// The data is on a disk of the host's owner, whose files are at K3s's other places.
    @Test func theOwnersFilesAndDiskStay() async throws {
        try await withHost { shell in
            let own = try await shell.run(Self.files)
            #expect(own.exitStatus == 0, "\(own.tail)")
            try await expectSame(shell, of: "a cluster on a disk", data: "/mnt/disk")
            try await expectSame(shell, of: "a cluster on a disk, without its scripts", data: "/mnt/disk") {
                _ = try await shell.run("rm /usr/local/bin/k3s-uninstall.sh /usr/local/bin/k3s-killall.sh")
            }
            try await expectSame(shell, of: "a cluster in a new folder", data: "/srv/made/for/k3s")
            try await expectSame(shell, of: "a cluster in its usual folder")
            // A run that was refused because of another host.
            let before = try await inventory(shell)
            _ = try await shell.run(PrerequisitesScript.text, variables: Self.variables)
            #expect(try await remove(shell).all("left").isEmpty)
            #expect(try await inventory(shell) == before)
            _ = try await shell.run("umount /mnt/disk")
        }
    }

    @Test func aFolderOfDataThatHoldsSomethingIsRefused() async throws {
        try await withHost { shell in
            let variables = Self.variables.merging(["data": "/srv"]) { $1 }
            let answer = try await shell.run("touch /srv/precious\n\(PrerequisitesScript.text)", variables: variables)
            #expect(answer["problem"] == "data-dir")
            let removal = try await shell.run(RemovalScript.text, variables: variables)
            #expect(removal["done"] != nil && removal.output.contains("nothing of mine is here"))
            #expect(try await shell.run("[ -e /srv/precious ] && say there").all("there").count == 1)
        }
    }

    @Test func whatCannotBeRemovedIsNamedAndGoesTheNextTime() async throws {
        try await withHost { shell in
            let before = try await inventory(shell)
            try await install(shell, fault: "sticks")
            let left = try await remove(shell).all("left")
            #expect(left.contains("/var/log/pods"))
            #expect(left.contains("chain KUBE-FIREWALL of the table filter of iptables-nft"))
            #expect(left.contains { $0.hasSuffix(" more of iptables-nft") })
            #expect(left.contains { $0.hasPrefix("rule -A INPUT ") && $0.hasSuffix("of ip6tables-nft") })
            #expect(left.allSatisfy { $0.contains("/var/log/pods") || $0.contains("tables-nft") }, "\(left)")
            _ = try await shell.run(
                """
                umount /var/log/pods/*
                cd /var/lib/solti-matrix/k3s/bin && for kind in nft legacy; do mv xtables-$kind-multi.real xtables-$kind-multi; done
                rm /etc/k3s-stand-in
                """)
            #expect(try await remove(shell).all("left").isEmpty)
            #expect(try await inventory(shell) == before)
        }
    }

    /// Only a host that ran K3s can have rules. If no program can list them, it is unknown whether they are gone.
    @Test func aHostOnWhichNothingCanLookSaysSo() async throws {
        try await withHost { shell in
            _ = try await shell.run(PrerequisitesScript.text, variables: Self.variables)
            #expect(try await remove(shell).all("unseen").isEmpty)
            _ = try await shell.run(PrerequisitesScript.text, variables: Self.variables)
            _ = try await shell.run("touch /var/lib/solti-matrix/k3s/started")
            let unseen = try await remove(shell).all("unseen")
            #expect(unseen.contains("rules of iptables-nft") && unseen.contains("rules of ip6tables-nft"), "\(unseen)")
            _ = try await shell.run("cp /usr/lib/k3s-stand-in/xtables-*-multi /usr/sbin/")
            #expect(try await remove(shell).all("unseen").isEmpty)
            _ = try await shell.run("rm /usr/sbin/xtables-*-multi")
        }
    }

    // MARK: - Steps

    private func withHost(_ body: (K3sShell) async throws -> Void) async throws {
        try await withBench(packages: ["iptables", "openssl"]) { bench in
            _ = try await bench.lend(Self.cell)
            let container = try #require(bench.made.current.first { $0.host != nil })
            let shell = K3sShell(transport: Inside(container: container.id, runner: bench.runner), label: "inventory")
            for file in ["k3s", "install.sh"] {
                try await bench.runner.require(
                    Command(["podman", "cp", "\(Self.fixtures)/\(file)", "\(container.id):/srv/\(file)"]), "copy \(file)")
            }
            let hidden = try await shell.run(
                """
                mkdir -p /usr/lib/k3s-stand-in && mv /usr/sbin/xtables-*-multi /usr/lib/k3s-stand-in/ && \
                rm -f /usr/sbin/*tables* || return 1
                # Other settings are those of the machine that runs the test.
                touch /etc/k3s-stand-in-still
                mount -o remount,rw,bind /proc/sys || say 'the settings of the kernel cannot be changed here'
                echo 0 >/proc/sys/net/ipv4/conf/all/route_localnet
                # The tables that the stand-in will use are there from the beginning: no program removes an empty one.
                for kind in legacy nft; do
                    for table in filter nat mangle; do
                        for change in -A -D; do /usr/lib/k3s-stand-in/xtables-$kind-multi iptables -t $table $change OUTPUT -j ACCEPT || \
                return 1; done
                    done
                    for change in -A -D; do /usr/lib/k3s-stand-in/xtables-$kind-multi ip6tables $change OUTPUT -j ACCEPT || return 1; done
                done
                """)
            #expect(hidden.exitStatus == 0, "\(hidden.tail)")
            try await body(shell)
        }
    }

    private func expectSame(
        _ shell: K3sShell, of what: String, fault: String = "", extra: String = "", data: String = "/var/lib/rancher/k3s",
        _ meanwhile: () async throws -> Void = {}
    ) async throws {
        let fresh = try await inventory(shell)
        try await install(shell, fault: fault, data: data)
        let with = try await inventory(shell)
        for trace in [
            "KUBE-FIREWALL", "-A FORWARD -s 10.42.0.0/16", "process /pause", "/var/log/pods/", "/run/netns/cni-f00d", "link cni0",
            "kubepods", "/run/containerd/s/5", "\(data)/server/node-token",
        ] {
            #expect(with.contains { $0.contains(trace) }, "\(what): the stand-in did not make \(trace)")
        }
        _ = try await shell.run(extra)
        try await meanwhile()
        let removal = try await remove(shell, data: data)
        #expect(removal.all("left").isEmpty && removal.all("unseen").isEmpty, "\(what): \(removal.told)")
        _ = try await shell.run("rm -f /etc/k3s-stand-in")
        let after = try await inventory(shell)
        let between = { (lines: [String]) in lines.count { $0.contains("put in between") } }
        #expect(extra.isEmpty || between(after) == between(fresh) + 3, "\(what)")
        let (had, has) = (fresh.filter { !$0.contains("put in between") }, after.filter { !$0.contains("put in between") })
        let (gone, left) = (Set(had).subtracting(has).sorted(), Set(has).subtracting(had).sorted())
        #expect(had == has, "\(what): gone \(gone), left \(left)")
    }

    private func install(_ shell: K3sShell, fault: String, data: String = "/var/lib/rancher/k3s") async throws {
        let met = try await shell.run(PrerequisitesScript.text, variables: Self.variables.merging(["data": data]) { $1 })
        #expect(met.exitStatus == 0 && met["present"] == nil, "\(met.told) \(met.tail)")
        let made = try await shell.run(
            """
            [ -z "$fault" ] || echo "$fault" >/etc/k3s-stand-in
            cp --remove-destination /srv/k3s /usr/local/bin/k3s
            export INSTALL_K3S_SKIP_DOWNLOAD=true INSTALL_K3S_SKIP_START=true K3S_TOKEN=x
            rm -f /etc/rancher/k3s/config.yaml
            sh /srv/install.sh server --node-ip 127.0.0.1 --snapshotter native --data-dir "$data" || return 1
            touch /var/lib/solti-matrix/k3s/started
            systemctl start k3s || return 1
            \(RulesScript.keeper)
            keep_programs /var/lib/solti-matrix/k3s/bin
            [ -e "$HOME/.kube" ] || mkdir -p "$HOME/.kube/cache/discovery"
            """, variables: ["fault": fault, "data": data])
        #expect(made.exitStatus == 0, "\(made.tail)")
    }

    private func remove(_ shell: K3sShell, data: String = "/var/lib/rancher/k3s") async throws -> K3sShell.Answer {
        let answer = try await shell.run(
            RemovalScript.text, variables: Self.variables.merging(["data": data]) { $1 }, timeout: .seconds(240))
        #expect(answer.exitStatus == 0 && answer["done"] != nil, "\(answer.tail)")
        return answer
    }

    /// What is on a host, a line for each thing; without the counters of rules, and without what systemd notes for itself.
    private func inventory(_ shell: K3sShell) async throws -> [String] {
        let answer = try await shell.run(Self.counting, timeout: .seconds(120), quietly: true)
        #expect(answer.output.count > 2000)
        return answer.output
    }

    private static let counting = #"""
        find / -xdev \( -path /proc -o -path /sys -o -path /tmp -o -path /var/log/journal -o -path /run \
            -o -path /var/lib/systemd -o -path /var/cache -o -path /usr/share -o -path /usr/lib \) -prune -o -print | sort
        find /mnt -mindepth 1 | sort
        # Most files are here: their number by folder, and whether they are the same.
        many=$(find /usr/share /usr/lib -xdev | sort)
        echo "$many" | cut -d / -f 1-4 | uniq -c
        echo "$many" | sha256sum
        find /run \( -path /run/systemd -o -path /run/log -o -path /run/udev \) -prune -o -print | sort
        find /etc /usr/local -type f -exec sha256sum {} + | sort -k 2
        cut -d ' ' -f 1-3 /proc/self/mounts | sort | sed 's/^/mount /'
        ls /sys/class/net | sed 's/^/link /'
        for process in /proc/[0-9]*; do
            tr '\0' ' ' <"$process/cmdline" 2>/dev/null | sed 's/^/process /; s/$/\n/'
        done | grep -vE '^$|^process (sh|tr|sed|grep|sort) ' | sort
        # Containers of one machine may have one tree of cgroups together.
        find /sys/fs/cgroup -type d -name "podf00dcafe-*-$(printf %s "$(uname -n)" | sha256sum | cut -c 1-12)"
        if [ -e /sys/fs/cgroup/cgroup.controllers ]; then find /sys/fs/cgroup -type d \( -name kubepods -o -name 'k3s*' \) | sort; fi
        echo "sysctl $(cat /proc/sys/net/ipv4/conf/all/route_localnet)"
        for kind in legacy nft; do
            for family in iptables ip6tables; do
                /usr/lib/k3s-stand-in/xtables-$kind-multi $family-save 2>/dev/null | grep -v '^#' | \#
        sed "s/^/$kind $family /; s/ \[[0-9:]*\]//"
            done
        done
        """#

    /// What a host has that runs containers by itself, and whose rules speak of the same things.
    private static let own = #"""
        cp /usr/lib/k3s-stand-in/xtables-*-multi /usr/sbin/ || return 1
        for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; \#
        do ln -s xtables-nft-multi /usr/sbin/$name; done
        mkdir -p /run/containerd/s /run/containerd/runc/moby/theirs /var/log/pods/theirs /etc/cni/net.d /var/lib/cni/networks/theirs \#
        "$HOME/.kube/cache" /usr/libexec/kubernetes
        touch /run/containerd/containerd.sock /run/containerd/s/theirs
        ip netns add theirs && ip netns add cni-theirs && ip link add cni-podman0 type bridge || return 1
        for kind in legacy nft; do
            rule() { /usr/lib/k3s-stand-in/xtables-$kind-multi iptables "$@" || exit 1; }
            rule -N CNI-THEIRS
            rule -A CNI-THEIRS -s 10.88.0.0/16 -j ACCEPT
            rule -A FORWARD -j CNI-THEIRS
            rule -A FORWARD -s 10.42.7.0/24 -m comment --comment "a route of mine" -j ACCEPT
            rule -A INPUT -p udp --dport 8472 -m comment --comment "flannel of another cluster, KUBE- or not" -j ACCEPT
            rule -t nat -A POSTROUTING -s 10.88.0.0/16 -j MASQUERADE
        done
        # A cluster in a container of theirs: its pods are not those of this host.
        root=/sys/fs/cgroup
        if [ ! -e $root/cgroup.controllers ]; then root=$root/systemd$(sed -n 's/^[0-9]*:name=systemd://p' /proc/1/cgroup | \#
        sed 's#/init.scope$##'); fi
        mkdir -p "$root/theirs/kubepods/pod1" || return 1
        setsid sleep 1000001 >/dev/null 2>&1 &
        echo $! >/srv/theirs.pid
        echo $! >"$root/theirs/kubepods/pod1/cgroup.procs"
        """#

    /// A registry, a proxy, programs, an image, and a disk for the data.
    private static let files = #"""
        mkdir -p /etc/rancher/k3s /etc/rancher/node /etc/systemd/system/k3s.service.d /var/lib/rancher/k3s/agent/images
        mkdir -p /mnt/disk /opt/theirs
        echo 'mirrors: {}' >/etc/rancher/k3s/registries.yaml && chmod 600 /etc/rancher/k3s/registries.yaml
        echo 'server: https://elsewhere:6443' >/etc/rancher/k3s/config.yaml
        echo theirs >/etc/rancher/node/password
        printf '[Service]\nEnvironment=HTTPS_PROXY=http://proxy.example\n' >/etc/systemd/system/k3s.service.d/owner.conf
        echo image >/var/lib/rancher/k3s/agent/images/theirs.tar
        cp /bin/true /usr/local/bin/k3s
        cp /bin/true /opt/theirs/kubectl && ln -s /opt/theirs/kubectl /usr/local/bin/kubectl
        mount -t tmpfs theirs /mnt/disk && mkdir /mnt/disk/lost+found
        """#

    private static let between = #"""
        for kind in legacy nft; do
            /usr/lib/k3s-stand-in/xtables-$kind-multi iptables -I FORWARD 1 -p tcp --dport 2222 -m comment --comment "put in between, \#
        CNI- flannel -s 10.42.0.0/16" -j DROP
        done
        touch "/run/containerd/s/put in between, $(date +%s%N)"
        """#
}
