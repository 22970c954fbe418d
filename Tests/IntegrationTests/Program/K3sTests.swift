import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// Clusters on real containers with systemd, of a stand-in for K3s: it has K3s's interface, and runs no container.
@Suite(.requires(.programs, .podman, .xmllint)) struct K3sTests {
    private static let fixtures = Project.repository.appendingPathComponent("fixtures/k3s").path
    private static let application = Project.repository.appendingPathComponent("fixtures/apps/kubernetes").path

    private static func platforms(script: String = "\(fixtures)/install.sh", limits: String = "") -> String {
        """
        platforms:
          podman: { driver: podman, packages: [openssl, kubernetes-client, iptables] }
          k3s:
            driver: k3s
            nodes: podman
            script: \(script)
            binary: \(fixtures)/k3s
            server_args: [--disable, traefik]
            # As K3s itself needs it in a container.
            config: { snapshotter: native }
            uninstall: always
            \(limits)
        """
    }

    static func cluster(script: String = "\(fixtures)/install.sh", workers: Int = 2) -> String {
        """
        version: 1
        name: k3s
        \(platforms(script: script))
        axes: { os: [debian12], platform: [k3s] }
        hosts: { control: {}, worker: { count: \(workers) } }
        deploy:
          - name: web
            kubernetes: { manifests: [\(application)/web.yml], namespace: demo, wait: 60s, kubectl: node }
          - name: team
            kubernetes: { manifests: [\(application)/team.yml], namespace: demo, kubectl: node }
          - name: crashing
            kubernetes: { manifests: [crash.yml], wait: 0s, kubectl: node }
          - name: kubeconfig
            local: [sh, -c, "cp \\"$KUBECONFIG\\" kubeconfig && cp \\"$1\\" inventory.yml", sh, "${inventory}"]
        verify:
          - kubernetes: { nodes: all }
            name: nodes
            ready: \(workers + 1)
          - kubernetes: { rollout: deployment/web, namespace: demo }
            name: rollout
            ready: 2
          - kubernetes: { pods: app=web, namespace: demo }
            name: pods
            count: 2
            within: 30s
          - kubernetes: { path: /api/v1/namespaces/demo/configmaps/web }
            name: path
            json: { data.greeting: hello }
          - kubernetes: { pods: app=crash }
            name: crash
          - kubernetes: { rollout: deployment/missing }
            name: missing
          - kubernetes: { path: /apis/example.org/v1/namespaces/team/toys/robot }
            name: toy
            json: { spec.wheels: 4 }
          - kubernetes: { path: /api/v1/namespaces/others/configmaps/settings }
            name: another namespace
          - kubernetes: { path: /api/v1/namespaces/demo/configmaps/homeless }
            name: the namespace of the step
          - service: k3s
            hosts: k3s_control
          - service: k3s-agent
            hosts: k3s_worker
        """
    }

    static let crash = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: crash }
        spec:
          selector: { matchLabels: { app: crash } }
          template:
            metadata: { labels: { app: crash } }
            spec: { containers: [{ name: main, image: crash:1 }] }
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: missing }
        spec:
          selector: { matchLabels: { app: missing } }
          template:
            metadata: { labels: { app: missing } }
            spec: { containers: [{ name: main, image: missing:1 }] }
        """

    @Test func aClusterIsMadeUsedAndTakenApart() async throws {
        let project = try Project()
        try project.write(Self.cluster(), to: "m.yml")
        try project.write(Self.crash, to: "crash.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        // Two checks ask for pods that do not run: they must be the ones that fail.
        #expect(ending.status == 1, "\(ending.errors)")
        let report = try Report(project)
        let cases = report.result.cells[0].cases
        #expect(cases.filter { $0.outcome != .passed }.map(\.name) == ["crash", "missing"], "\(ending.errors)")
        #expect(cases.first { $0.name == "crash" }?.message?.contains("CrashLoopBackOff") == true)
        let missing = "0 of 1 pods are available (ImagePullBackOff: Back-off pulling image \"missing:1\")"
        #expect(cases.first { $0.name == "missing" }?.message?.hasSuffix(missing) == true)
        #expect(cases.contains { $0.step == "cluster" && $0.phase == .provision })
        #expect(report.result.cells[0].hosts.allSatisfy { $0.facts["k3s"] == "v1.31.5+k3s1" })
        #expect(try project.read("kubeconfig").contains("server: https://10."))
        let inventory = try project.read("inventory.yml")
        #expect(inventory.contains("k3s_control:") && inventory.contains("k3s_worker:"))
        #expect(try Podman.leftovers(of: report.run).isEmpty)
        try report.validateJUnit()
        try expectNoKeys(in: project, from: try project.read("kubeconfig"))
    }

    /// The hosts come back as they were, and lend themselves at once again.
    @Test func hostsThatExistAreLentTwiceInARow() async throws {
        try await Farm.with(2, packages: ["openssl", "kubernetes-client", "iptables"]) { farm in
            let hosts = try await farm.entries(roles: ["control", "worker"])
            try farm.project.write(
                """
                version: 1
                name: farm
                platforms:
                  farm: { driver: static, hosts: [\(hosts.joined(separator: ", "))] }
                  k3s:
                    driver: k3s
                    nodes: farm
                    script: \(Self.fixtures)/install.sh
                    binary: \(Self.fixtures)/k3s
                    server_args: [--disable, traefik]
                    config: { snapshotter: native }
                    registries: { mirrors: { docker.io: { endpoint: ["https://mirror.example"] } } }
                axes: { os: [debian12], platform: [k3s] }
                hosts: { control: {}, worker: {} }
                deploy:
                  - { name: web, kubernetes: { manifests: [\(Self.application)/web.yml], namespace: demo, wait: 60s, kubectl: node } }
                  - { name: team, kubernetes: { manifests: [\(Self.application)/team.yml], kubectl: node } }
                  - { name: mirror, shell: grep -q mirror.example /etc/rancher/k3s/registries.yaml }
                  - { name: the proxy, shell: systemctl show k3s-agent --property=Environment | grep -q proxy.example, hosts: k3s_worker }
                verify: [{ kubernetes: { nodes: all }, name: nodes, ready: 2, within: 30s }]
                """, to: "cluster.yml")
            // The host's other rules name the same things.
            let own = "iptables -A INPUT -p tcp --dport 2222 -m comment --comment 'mine, no flannel, no KUBE-' -j ACCEPT"
            let traces = #"""
                ls -d /etc/rancher /var/lib/rancher /usr/local/bin/k3s /etc/systemd/system/k3s*.service \#
                /var/log/pods /var/log/containers /run/netns \
                    /run/containerd /run/flannel /var/lib/cni /var/lib/kubelet /usr/libexec/kubernetes /root/.kube 2>/dev/null
                hostname; sort /etc/passwd; ls /sys/class/net; cut -d " " -f 2 /proc/mounts | grep -v "^/run/user/"; ps -e -o args= | \#
                grep -E "[p]ause|[r]ancher" | grep -v "ls -d"
                for family in iptables ip6tables; do $family-save | grep -E "^-A|^:(KUBE|CNI)"; done
                find /etc/rancher /etc/systemd/system/k3s* -type f -exec md5sum {} + 2>/dev/null | sort
                """#
            // What a farm gives its K3s: a registry and a proxy; and what another cluster has left.
            let proxy = #"""
                for unit in k3s k3s-agent; do mkdir /etc/systemd/system/$unit.service.d;
                echo "[Service]
                Environment=HTTPS_PROXY=http://proxy.example" >/etc/systemd/system/$unit.service.d/owner.conf; done;
                mkdir -p /etc/rancher/k3s; echo "mirrors: {}" >/etc/rancher/k3s/registries.yaml;
                echo "server: https://elsewhere:6443" >/etc/rancher/k3s/config.yaml
                """#
            for host in 1...2 {
                _ = try await farm.ask("sudo \(own)", host: host)
                _ = try await farm.ask("sudo sh -c '\(proxy)'", host: host)
            }
            let ask = { (host: Int) in try await farm.ask("sudo sh -c '\(traces)'", host: host) }
            let before = [try await ask(1), try await ask(2)]
            #expect(before[1].contains("--dport 2222"))
            for _ in 1...2 {
                let ending = try await farm.matrix("run", "cluster.yml", "--format", "plain")
                try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)")
                let after = [try await ask(1), try await ask(2)]
                for (earlier, later) in zip(before, after) {
                    #expect(later.split(separator: "\n").difference(from: earlier.split(separator: "\n")).map { "\($0)" } == [])
                }
            }
            #expect(try await farm.matrix("status").output.hasPrefix("nothing is up and nothing is left behind"))
            let pool = Value(json: try await farm.matrix("pool", "list", "--format", "json").output)
            #expect(pool?.element(at: "hosts.0.state") == "free" && pool?.element(at: "hosts.1.state") == "free")
        }
    }

    /// Neither the admin's key nor a node's token is in any report or state.
    private func expectNoKeys(in project: Project, from kubeconfig: String) throws {
        let key = try #require(kubeconfig.split(separator: "\n").first { $0.contains("client-key-data") }?.split(separator: " ").last)
        for file in project.files() where file.lastPathComponent != "kubeconfig" {
            let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            #expect(!text.contains(key), "\(file.path)")
            #expect(text.firstMatch(of: /K10[0-9a-f]{64}/) == nil, "\(file.path)")
        }
    }

    /// Every cell has one host and a different fault. All clusters are destroyed, and leave nothing on a host.
    @Test func faultsAreNamedAndLeaveNothing() async throws {
        let project = try Project()
        try project.write(
            """
            version: 1
            name: faults
            \(Self.platforms(limits: "limits: { install: 25s, start: 25s, ready: 15s }"))
            axes: { os: [debian12], platform: [k3s], fault: [hangs, half, mute, unready, nameless, flag, panics, dnsless] }
            retries: { create: 1, provision: 0 }
            provision: { run: ["echo ${axis.fault} >/etc/k3s-stand-in"] }
            verify: [{ kubernetes: { nodes: all } }]
            """, to: "m.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        #expect(ending.status == 3, "\(ending.errors)")
        let report = try Report(project)
        let expected = [
            "hangs": "the install script did not end within 25s", "half": "stopped half-way", "mute": "k3s did not start on",
            "unready": "these nodes are not ready", "nameless": "the cluster has no nodes",
            "flag": "level=fatal msg=\"flag provided but not defined: -bogus-flag\"", "panics": "panic: runtime error",
            "dnsless": "coredns is not available yet (newest warning: FailedCreatePodSandBox: failed to get sandbox image",
        ]
        for (fault, message) in expected {
            let cell = try #require(report.result.cells.first { $0.name == "debian12-k3s-\(fault)" })
            let cluster = try #require(cell.cases.first { $0.step == "cluster" })
            #expect(cluster.outcome == .error)
            #expect(cluster.message?.contains(message) == true, "\(fault): \(cluster.message ?? "")")
            // An uninstall with leftovers would be an error of the destroy.
            #expect(cell.cases.last?.outcome == .passed, "\(fault): \(cell.cases.last?.detail ?? "")")
        }
        #expect(try Podman.leftovers(of: report.run).isEmpty)
    }

    /// Their etcd has three members; no worker is needed.
    @Test func aClusterOfThreeControlNodes() async throws {
        let project = try Project()
        try project.write(
            """
            version: 1
            name: ha
            \(Self.platforms())
            axes: { os: [debian12], platform: [k3s] }
            hosts: { control: { count: 3 } }
            verify:
              - { kubernetes: { nodes: all }, name: nodes, ready: 3 }
              - { kubernetes: { nodes: node-role.kubernetes.io/control-plane=true }, name: control nodes, count: 3 }
              - { service: k3s }
            """, to: "m.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        #expect(ending.status == 0, "\(ending.errors) \(ending.output)")
        #expect(try Podman.leftovers(of: Report(project).run).isEmpty)
    }

    /// A container's file system is not a disk, and K3s says so; the message has the way out.
    @Test func theUsualSnapshotterCannotBeUsedInAContainer() async throws {
        // Podman's other driver copies its images: then the root is no overlay.
        guard try Shell.run("podman", "info", "--format", "{{.Store.GraphDriverName}}").output.contains("overlay") else { return }
        let project = try Project()
        let text = """
            version: 1
            name: overlay
            \(Self.platforms(limits: "limits: { start: 60s }"))
            axes: { os: [debian12], platform: [k3s] }
            retries: { create: 1, provision: 0 }
            verify: [{ kubernetes: { nodes: all } }]
            """
        try project.write(text.replacing("snapshotter: native", with: "debug: true"), to: "m.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        #expect(ending.status == 3, "\(ending.errors)")
        #expect(ending.output.contains("write config: { snapshotter: native } for the platform"), "\(ending.output)")
    }

    /// A privileged node changes the kernel of this machine, which outlives it.
    @Test func thisMachinesKernelIsAsBefore() async throws {
        let project = try Project()
        let platforms = Self.platforms().replacing("uninstall: always", with: "uninstall: auto")
        try project.write(
            """
            version: 1
            name: kernel
            \(platforms.replacing("driver: podman,", with: "driver: podman, privileged: true,"))
            axes: { os: [debian12], platform: [k3s] }
            verify: [{ kubernetes: { nodes: all } }]
            """, to: "m.yml")
        let names = ["kernel/panic", "kernel/panic_on_oops", "vm/overcommit_memory"]
        let values = { names.map { try? String(contentsOfFile: "/proc/sys/\($0)", encoding: .utf8) } }
        let before = values()
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(values() == before)
    }

    /// A run whose host is not as it was is no success, and says what is on it; with the obstacle gone it is taken off.
    @Test func whatCannotBeRemovedIsALeakThatNamesIt() async throws {
        try await Farm.with(1, packages: ["openssl", "kubernetes-client", "iptables"]) { farm in
            try farm.project.write(
                """
                version: 1
                name: sticks
                platforms:
                  farm: { driver: static, hosts: [\(try await farm.entries(roles: ["control"]).joined())] }
                  k3s:
                    driver: k3s
                    nodes: farm
                    script: \(Self.fixtures)/install.sh
                    binary: \(Self.fixtures)/k3s
                    server_args: [--disable, traefik]
                    config: { snapshotter: native }
                axes: { os: [debian12], platform: [k3s] }
                hosts: { control: {} }
                verify: [{ kubernetes: { nodes: all }, ready: 1, within: 30s }]
                """, to: "cluster.yml")
            let hide = "mkdir /usr/lib/k3s-stand-in; mv /usr/sbin/xtables-*-multi /usr/lib/k3s-stand-in/; echo sticks >/etc/k3s-stand-in"
            _ = try await farm.ask("sudo sh -c '\(hide)'")
            let ending = try await farm.matrix("run", "cluster.yml", "--format", "plain")
            #expect(ending.status == 4, "\(ending.errors)")
            #expect(ending.errors.contains("left: /var/log/pods, "), "\(ending.errors)")
            #expect(ending.errors.contains("chain KUBE-FIREWALL of the table filter of iptables-nft"), "\(ending.errors)")
            #expect(try await farm.matrix("reap", "--yes").status == 4)
            let repair =
                "umount /var/log/pods/*; cd /var/lib/solti-matrix/k3s/bin && for kind in nft legacy; "
                + "do mv xtables-$kind-multi.real xtables-$kind-multi; done"
            _ = try await farm.ask("sudo sh -c '\(repair)'")
            let reaped = try await farm.matrix("reap", "--yes")
            #expect(reaped.status == 0, "\(reaped.output) \(reaped.errors)")
            #expect(try await farm.ask("sudo ls -d /var/log/pods /var/lib/solti-matrix/k3s 2>/dev/null").isEmpty)
        }
    }

    @Test func aRunThatIsKilledWhileItJoinsIsReaped() async throws {
        let project = try Project()
        try project.write(
            """
            version: 1
            name: killed
            \(Self.platforms())
            axes: { os: [debian12], platform: [k3s] }
            provision: { run: ["echo mute >/etc/k3s-stand-in"] }
            verify: [{ kubernetes: { nodes: all } }]
            """, to: "m.yml")
        let process = try MatrixProcess(["run", "m.yml", "--format", "plain"], in: project)
        try await process.waitFor("k3s is activating")
        process.send(SIGKILL)
        _ = try await process.ending()
        let status = try await MatrixProcess.run(["status", "--format", "json"], in: project)
        #expect(status.output.contains("\"kind\" : \"cluster\""))
        let reap = try await MatrixProcess.run(["reap", "--yes"], in: project)
        #expect(reap.status == 0, "\(reap.output) \(reap.errors)")
        let order = reap.output.split(separator: "\n").filter { $0.hasSuffix("is gone") }.map { $0.prefix { $0 != " " } }
        #expect(order == ["cluster", "container", "network"])
        #expect(try await MatrixProcess.run(["status"], in: project).output == "nothing is up and nothing is left behind\n")
    }
}
