import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixPlatforms

/// What goes wrong with real clusters, each on scripted hosts.
@Suite struct K3sFaultTests {
    private let samples = K3sSamples()
    private var worker: ScriptedTransport { samples.transports[1] }

    private func install(_ transport: any Transport, limit: Duration = .seconds(60), version: String? = nil) -> NodeInstall {
        var settings = K3sSettings()
        settings.limits.install = limit
        var host = samples.hosts[1]
        host.transport = transport
        return NodeInstall(
            settings: settings, release: .init(version: version, script: "/install.sh"), host: host, label: "worker-1", machine: "x86_64",
            log: { _ in })
    }

    private func start(limit: Duration = .milliseconds(40)) -> NodeStart {
        NodeStart(shell: K3sSamples.shell(worker), unit: "k3s-agent", limit: limit, pace: K3sSamples.pace, waiting: { _ in })
    }

    private func journal(_ state: String, _ lines: String...) {
        worker.answer("systemctl start --no-block", output: "@k3s since 1")
        worker.answer("journalctl --unit", output: (["@k3s state \(state)"] + lines).joined(separator: "\n"))
    }

    // MARK: - 1

    @Test func anInstallThatHangsIsEnded() async {
        let transport = HangingTransport()
        let problem = await failure {
            try await install(transport, limit: .seconds(2)).install(as: .init(arguments: ["agent"], token: "t"))
        }
        #expect(problem?.why.hasPrefix("the install script did not end within ") == true)
        #expect(problem?.why.hasSuffix("its last line: worker-1: [INFO]  downloading") == true)
        #expect(problem?.type == "matrix.k3s.install")
        #expect(transport.wasCancelled)
    }

    // MARK: - 2, 3

    @Test(arguments: [
        ("level=error msg=\"failed to retrieve configuration from server: 401 Unauthorized\"", "the server refuses its token"),
        (
            "msg=\"token CA hash does not match the Cluster CA certificate hash: a != b\"",
            "its token belongs to another server than the one that it joins"
        ),
        (
            "Node password rejected, duplicate hostname or contents of '/etc/rancher/node/password'",
            "another node has or had the same host name"
        ),
        (
            "failed to get CA certs: Get https://10.0.0.1:6443/cacerts: connection refused",
            "the server does not answer it: nothing listens at its port"
        ),
        ("failed to get CA certs: Get https://10.0.0.1:6443/cacerts: context deadline exceeded", "the server does not answer it ("),
        (
            "level=fatal msg=\"\\\"overlayfs\\\" snapshotter cannot be enabled for \\\"/var/lib/rancher/k3s/agent/containerd\\\"\"",
            "its files are on a file system that K3s cannot put its overlay on"
        ),
    ])
    func whatTheJournalSaysIsTheCause(line: String, meaning: String) async {
        journal("activating start", "starting", line, "and on it goes")
        let problem = await failure { try await start(limit: .seconds(60)).start() }
        #expect(problem?.why.hasPrefix(meaning) == true)
        #expect(problem?.why.contains(line) == true)
        #expect(problem?.next != nil)
        #expect(problem?.command?.outputTail.contains("and on it goes") == true)
    }

    /// Help, a stack trace and what systemd says come after the line that matters.
    @Test func aServiceThatEndsAgainAndAgainIsNotWaitedFor() async {
        journal(
            "activating auto-restart", "@k3s restarts 3", "@k3s bad time=\"x\" level=error msg=\"earlier\"",
            "@k3s bad time=\"x\" level=fatal msg=\"flag provided but not defined: -bogus-flag\"",
            "@k3s bad time=\"x\" level=error msg=\"later\"", "@k3s own    --tls-san value  more names",
            "Stopped k3s-agent.service - Lightweight Kubernetes.")
        let problem = await failure { try await start(limit: .seconds(900)).start() }
        #expect(
            problem?.why
                == "it has ended 3 times; its journal: time=\"x\" level=fatal msg=\"flag provided but not defined: -bogus-flag\"")
        journal("activating auto-restart", "@k3s restarts 4", "@k3s bad panic: runtime error", "@k3s own k8s.io/x.go:3")
        #expect(
            await failure { try await start(limit: .seconds(900)).start() }?.why
                == "it has ended 4 times; its journal: panic: runtime error")
        journal("activating start", "@k3s restarts 0", "@k3s own level=info msg=slow", "Starting k3s-agent.service")
        #expect(await failure { try await start().start() }?.why.hasSuffix("its journal: level=info msg=slow") == true)
    }

    @Test func aCauseThatPassesIsNoFailure() async throws {
        let asked = Mutex(0)
        worker.answer("systemctl start --no-block", output: "@k3s since 1")
        worker.answer { command in
            guard String(decoding: command.input ?? [], as: UTF8.self).contains("journalctl --unit") else { return nil }
            let count = asked.withLock { count in
                count += 1
                return count
            }
            let text = count < 3 ? "@k3s state activating start\nfailed to get CA certs: refused\n" : "@k3s state active running\n"
            return CommandResult(exitStatus: 0, standardOutput: Array(text.utf8))
        }
        var patient = K3sSamples.pace
        patient.patience = .seconds(900)
        try await NodeStart(shell: K3sSamples.shell(worker), unit: "k3s-agent", limit: .seconds(900), pace: patient, waiting: { _ in })
            .start()
        #expect(asked.withLock { $0 } == 3)
    }

    @Test func hostsOfOneNameAreRefusedBeforeAnythingIsInstalled() async {
        for transport in samples.transports { K3sSamples.tell(transport, name: "raspberrypi") }
        let assembly = ClusterAssembly(
            cluster: samples.cluster, site: samples.site(), settings: K3sSettings(), release: .init(script: "/install.sh"),
            kernel: K3sSamples.kernel, redactor: Redactor(),
            pace: K3sSamples.pace)
        let problem = await failure { _ = try await assembly.run() }
        #expect(problem?.why == "control and worker have the same host name raspberrypi")
        #expect(samples.transports.allSatisfy { $0.uploads.isEmpty })
    }

    // MARK: - 4

    @Test func aScriptThatStartsNothingDoesNotPass() async throws {
        worker.answer("mktemp -d /tmp/solti-matrix-k3s", output: "/tmp/solti-matrix-k3s.1")
        worker.answer(
            "install.sh", output: "[INFO]  No change detected so skipping service start\n@k3s version k3s version v1.31.5+k3s1 (abc)")
        try await install(worker).install(as: .init(arguments: ["agent"], token: "t"))
        journal("inactive dead")
        let problem = await failure { try await start().start() }
        #expect(problem?.what == "k3s-agent did not start on worker-1")
        #expect(problem?.why.contains("it is inactive dead") == true)
        #expect(worker.scripts.contains { $0.contains("systemctl start --no-block k3s-agent") })
    }

    @Test func anotherReleaseThanThePinnedOneIsAnError() async {
        worker.answer("mktemp -d /tmp/solti-matrix-k3s", output: "/tmp/solti-matrix-k3s.1")
        worker.answer("install.sh", output: "@k3s version k3s version v1.30.0+k3s1 (abc)")
        let problem = await failure {
            try await install(worker, version: "v1.31.5+k3s1").install(as: .init(arguments: ["agent"], token: "t"))
        }
        #expect(problem?.why == "it is 'k3s version v1.30.0+k3s1 (abc)', not v1.31.5+k3s1")
    }

    // MARK: - 5

    private static func node(_ name: String, ready: Bool = true) -> Value {
        [
            "metadata": ["name": .string(name)],
            "status": ["conditions": [["type": "Ready", "status": .string(ready ? "True" : "False"), "message": "no network"]]],
        ]
    }

    @Test func onlyExactlyTheExpectedNodesPass() {
        let judge = { (nodes: [Value]) in ClusterReadiness.judge(["items": .list(nodes)], expected: ["a", "b"]) }
        #expect(judge([]) == "the cluster has no nodes")
        #expect(ClusterReadiness.judge([:], expected: []) == "the cluster has no nodes")
        #expect(judge([Self.node("a")]) == "these nodes are missing: b")
        #expect(judge([Self.node("a"), Self.node("b"), Self.node("old")]) == "these nodes do not belong to this cell: old")
        #expect(judge([Self.node("a"), Self.node("b", ready: false)]) == "these nodes are not ready: b (no network)")
        #expect(judge([Self.node("a"), ["metadata": ["name": "b"]]]) == "these nodes are not ready: b")
        #expect(judge([Self.node("a"), Self.node("b")]) == nil)
    }

    private static let sandboxless: Value = [
        "items": [
            [
                "type": "Warning", "reason": "FailedCreatePodSandBox", "message": "i/o timeout", "lastTimestamp": "2026-11-28T12:00:00Z",
                "involvedObject": ["kind": "Pod", "name": "coredns-1"],
            ]
        ]
    ]

    private func readiness(unit state: String, coredns: Int = 1, account: Int = 200) -> ClusterReadiness {
        worker.answer("systemctl is-active", output: "@k3s state \(state)")
        let node = ClusterReadiness.Node(name: "a", shell: K3sSamples.shell(worker), unit: "k3s-agent")
        return ClusterReadiness(
            ask: { path in
                switch path {
                case "/api/v1/nodes": .init(status: 200, text: Value.map(["items": [Self.node("a")]]).json)
                case "/api/v1/namespaces/default/serviceaccounts/default": .init(status: account, text: "{}")
                case "/apis/apps/v1/namespaces/kube-system/deployments/coredns":
                    .init(status: 200, text: "{\"status\": {\"availableReplicas\": \(coredns)}}")
                case "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns":
                    .init(status: 200, text: Value.map(["items": [["metadata": ["name": "coredns-1"]]]]).json)
                case "/api/v1/namespaces/kube-system/events?fieldSelector=type%3DWarning":
                    .init(status: 200, text: Self.sandboxless.json)
                default: .init(status: 200, text: "ok")
                }
            }, nodes: [node], hasDNS: true, pace: K3sSamples.pace, waiting: { _ in })
    }

    @Test func aStoppedAgentWhoseNodeIsStillReadyDoesNotPass() async throws {
        try await readiness(unit: "active").wait(within: .seconds(60))
        let stale = await failure { try await readiness(unit: "inactive").wait(within: .milliseconds(20)) }
        #expect(stale?.why.hasSuffix("k3s-agent on worker-1 is inactive") == true)
        let nameless = await failure { try await readiness(unit: "active", coredns: 0).wait(within: .milliseconds(20)) }
        #expect(
            nameless?.why.hasSuffix("coredns is not available yet (newest warning: FailedCreatePodSandBox: i/o timeout)") == true)
        let accountless = await failure { try await readiness(unit: "active", account: 404).wait(within: .milliseconds(20)) }
        #expect(accountless?.why.hasSuffix("there is no default service account yet") == true)
    }

    // MARK: - 6, 7

    @Test func aPrerequisiteThatNeedsARebootGetsOne() async throws {
        K3sSamples.tell(worker, "reboot memory-cgroup")
        let rebooted = ScriptedTransport()
        K3sSamples.tell(rebooted, boot: "two")
        let met = try await samples.prerequisites(reconnected: rebooted).meet(on: samples.hosts[1])
        #expect(met.facts.boot == "two")
        #expect(worker.scripts.contains { $0.contains("systemctl --no-block reboot") })
        #expect(met.host.transport as AnyObject === rebooted)
    }

    @Test func aRebootThatChangesNothingIsNotRepeated() async {
        K3sSamples.tell(worker, "reboot memory-cgroup")
        let rebooted = ScriptedTransport()
        K3sSamples.tell(rebooted, boot: "two", "reboot memory-cgroup")
        let problem = await failure { _ = try await samples.prerequisites(reconnected: rebooted).meet(on: samples.hosts[1]) }
        #expect(problem?.why == "its kernel has no memory cgroup, also after a reboot")
        #expect(problem?.next?.contains("/boot/firmware/cmdline.txt") == true)
        #expect(!rebooted.scripts.contains { $0.contains("systemctl --no-block reboot") })
    }

    @Test func aHostThatMayNotBeRebootedIsNot() async {
        K3sSamples.tell(worker, "reboot br-netfilter")
        var settings = K3sSettings()
        settings.reboots = false
        let problem = await failure { _ = try await samples.prerequisites(settings).meet(on: samples.hosts[1]) }
        #expect(problem?.why == "its kernel has no module br_netfilter, and reboot: false forbids a reboot")
        #expect(!worker.scripts.contains { $0.contains("systemctl --no-block reboot") })
    }

    @Test func aFolderOfDataThatIsNotEmptyIsNotUsed() async {
        K3sSamples.tell(worker, "problem data-dir")
        var settings = K3sSettings()
        settings.dataFolder = "/srv/k3s"
        settings.reboots = false
        let problem = await failure { _ = try await samples.prerequisites(settings).meet(on: samples.hosts[1]) }
        #expect(problem?.why == "its folder /srv/k3s is not empty")
        #expect(worker.scripts.contains { $0.contains("\ndata=/srv/k3s\n") })
    }

    @Test func aHostThatDoesNotComeBackIsNamed() async {
        K3sSamples.tell(worker, "reboot br-netfilter")
        var settings = K3sSettings()
        settings.limits.reboot = .milliseconds(30)
        let problem = await failure { _ = try await samples.prerequisites(settings).meet(on: samples.hosts[1]) }
        #expect(problem?.what == "worker did not come back from its reboot")
    }

    // MARK: - 8

    @Test(arguments: [(-3600, "behind"), (7200, "ahead")]) func aClockThatIsWrongIsWaitedForAndThenNamed(skew: Int, word: String)
        async throws
    {
        K3sSamples.tell(worker)
        worker.answer("date +%s") { Int(nearest: Timestamp.now.seconds(since: Timestamp(seconds: 0))) + skew }
        var settings = K3sSettings()
        settings.limits.clock = .milliseconds(20)
        let problem = await failure { _ = try await samples.prerequisites(settings).meet(on: samples.hosts[1]) }
        #expect(problem?.why.hasPrefix("its clock is ") == true)
        #expect(problem?.why.hasSuffix(word) == true)
        let asked = Mutex(0)
        worker.answer("date +%s") {
            let isSynchronized = asked.withLock { count in
                count += 1
                return count > 2
            }
            return Int(nearest: Timestamp.now.seconds(since: Timestamp(seconds: 0))) + (isSynchronized ? 0 : skew)
        }
        settings.limits.clock = .seconds(24 * 3600)
        _ = try await samples.prerequisites(settings).meet(on: samples.hosts[1])
    }

    // MARK: - 9, 10

    @Test func aHostThatHasK3sAlreadyIsLeftAlone() async {
        K3sSamples.tell(worker, "present /etc/systemd/system/k3s-agent.service")
        let foreign = await failure { _ = try await samples.prerequisites().meet(on: samples.hosts[1]) }
        #expect(foreign?.why == "the host already has a K3s that is not of this run: /etc/systemd/system/k3s-agent.service")
        K3sSamples.tell(worker, "present other-260101-000000-aaaa")
        let earlier = await failure { _ = try await samples.prerequisites().meet(on: samples.hosts[1]) }
        #expect(earlier?.why == "it belongs to the cluster other-260101-000000-aaaa")
        #expect(earlier?.next == "remove that cluster: matrix reap --yes")
    }

    @Test func leftoversAreAnErrorThatNamesThem() async {
        let samples = samples
        for transport in samples.transports { transport.answer("say left", output: "@k3s done") }
        samples.transports[1].answer("say left", output: "@k3s left /var/lib/rancher/k3s\n@k3s left interface cni0\n@k3s done")
        let removal = ClusterRemoval(connector: NodeConnector(samples), pace: K3sSamples.pace)
        let problem = await failure { try await removal.remove(samples.cluster) }
        #expect(problem?.what == "K3s on c-worker-1 could not be removed")
        #expect(problem?.why == "left: /var/lib/rancher/k3s, interface cni0")
        #expect(problem?.next == "remove it on the host, or see there what uses it, then matrix reap --yes")
    }

    @Test func whatNothingCanLookForIsNoSuccess() async {
        let samples = samples
        samples.transports[0].answer("say left", output: "@k3s done")
        samples.transports[1].answer("say left", output: "@k3s unseen rules of iptables-nft\n@k3s done")
        let removal = ClusterRemoval(connector: NodeConnector(samples), pace: K3sSamples.pace)
        let problem = await failure { try await removal.remove(samples.cluster) }
        #expect(problem?.why == "it has no program to look for rules of iptables-nft")
        #expect(problem?.next == "install iptables on it, then matrix reap --yes")
    }

    /// Another process that takes the cluster apart knows its networks from the ledger.
    @Test func theRemovalLooksForTheNetworksOfTheCluster() async throws {
        let samples = samples
        for transport in samples.transports { transport.answer("say left", output: "@k3s done") }
        var cluster = samples.cluster
        let removal = ClusterRemoval(connector: NodeConnector(samples), pace: K3sSamples.pace)
        try await removal.remove(cluster)
        #expect(samples.transports[1].scripts.last?.contains("networks='10.42.0.0/16 10.43.0.0/16'") == true)
        #expect(samples.transports[1].scripts.last?.contains("\ndata=/var/lib/rancher/k3s\n") == true)
        cluster.details["networks"] = "172.20.0.0/14 10.43.0.0/16"
        cluster.details["data"] = "/srv/k3s"
        try await removal.remove(cluster)
        #expect(samples.transports[1].scripts.last?.contains("networks='172.20.0.0/14 10.43.0.0/16'") == true)
        #expect(samples.transports[1].scripts.last?.contains("\ndata=/srv/k3s\n") == true)
    }

    @Test func oneUnreachableHostDoesNotKeepTheOthersFromBeingCleaned() async {
        let samples = K3sSamples(workers: 2)
        let order = Mutex<[String]>([])
        for (host, transport) in zip(samples.hosts, samples.transports) {
            transport.answer { command in
                guard String(decoding: command.input ?? [], as: UTF8.self).contains("say left") else { return nil }
                order.withLock { $0.append(host.name) }
                return CommandResult(exitStatus: 0, standardOutput: Array("@k3s done\n".utf8))
            }
        }
        let removal = ClusterRemoval(connector: NodeConnector(samples, silent: ["c-worker-1"]), pace: K3sSamples.pace)
        let problem = await failure { try await removal.remove(samples.cluster) }
        #expect(problem?.what == "K3s on c-worker-1 could not be removed")
        #expect(problem?.why == "it does not answer at 127.0.0.1:22")
        #expect(order.withLock { $0 } == ["c-worker-2", "c-control-1"])
        #expect(samples.transports[0].isClosed && samples.transports[2].isClosed)
    }

    @Test func aServerThatDiedIsWhyNobodyJoins() async throws {
        let server = try await ServerBench().joinWithDeadServer()
        #expect(server.why.contains("the server does not answer it"))
        #expect(server.why.hasSuffix("; and k3s on control is failed"))
        #expect(server.next == "see journalctl -u k3s on control")
    }
}

/// A transport whose install script says something and never ends.
private final class HangingTransport: Transport {
    private let cancelled = Mutex(false)
    var wasCancelled: Bool { cancelled.withLock { $0 } }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        let script = String(decoding: command.input ?? [], as: UTF8.self)
        guard script.contains("install.sh") else {
            return CommandResult(exitStatus: 0, standardOutput: Array("/tmp/solti-matrix-k3s.1\n".utf8))
        }
        await onLine(OutputLine(.standardOutput, "[INFO]  downloading"))
        do { try await Task.sleep(for: .seconds(24 * 3600)) } catch { cancelled.withLock { $0 = true } }
        throw CancellationError()
    }

    func upload(_ local: String, to remote: String) async throws {}
    func download(_ remote: String, to local: String) async throws {}
    func forward(to host: String, port: Int) async throws -> Int { port }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}

/// Connects to the samples' transports; to silent hosts never.
private struct NodeConnector: Connector {
    let transports: [String: ScriptedTransport]
    let silent: Set<String>

    init(_ samples: K3sSamples, silent: Set<String> = []) {
        transports = Dictionary(uniqueKeysWithValues: zip(samples.hosts.map(\.name), samples.transports))
        self.silent = silent
    }

    func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport {
        if silent.contains(endpoint.alias) { try await Task.sleep(for: .seconds(24 * 3600)) }
        guard let transport = transports[endpoint.alias] else { throw InfrastructureError("connect", why: "no such host") }
        return transport
    }
}

/// A scripted transport with ways that lead nowhere.
private struct Forwarding: Transport {
    private let scripted: ScriptedTransport

    init(_ scripted: ScriptedTransport) {
        self.scripted = scripted
    }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        try await scripted.run(command, onLine: onLine)
    }
    func upload(_ local: String, to remote: String) async throws { try await scripted.upload(local, to: remote) }
    func download(_ remote: String, to local: String) async throws { try await scripted.download(remote, to: local) }
    func forward(to host: String, port: Int) async throws -> Int { port }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}

/// A cluster whose server came up and died before its worker joined.
private struct ServerBench {
    func joinWithDeadServer() async throws -> InfrastructureError {
        let samples = K3sSamples()
        let (server, agent) = (samples.transports[0], samples.transports[1])
        for (index, transport) in samples.transports.enumerated() {
            K3sSamples.tell(transport, name: "node-\(index)")
            transport.answer("mktemp -d /tmp/solti-matrix-k3s", output: "/tmp/solti-matrix-k3s.1")
            transport.answer("install.sh", output: "@k3s version k3s version v1.31.5+k3s1")
            transport.answer("systemctl start --no-block", output: "@k3s since 1")
        }
        server.answer("journalctl --unit", output: "@k3s state active running")
        server.answer("cat /etc/rancher/k3s/k3s.yaml", output: Self.kubeconfig)
        server.answer("node-token", output: "K10abc::server:0123456789abcdef0123")
        server.answer("systemctl is-active k3s", output: "@k3s state failed")
        agent.answer("journalctl --unit", output: "@k3s state activating start\nfailed to get CA certs: connection refused")
        var site = samples.site()
        site.hosts[0].transport = Forwarding(server)
        let assembly = ClusterAssembly(
            cluster: samples.cluster, site: site, settings: K3sSettings(), release: .init(script: "/install.sh"),
            kernel: K3sSamples.kernel, redactor: Redactor(),
            pace: K3sSamples.pace)
        let problem = await failure { _ = try await assembly.run() }
        return try #require(problem)
    }

    /// Its port on this machine refuses connections.
    private static let kubeconfig = """
        apiVersion: v1
        clusters: [{ name: default, cluster: { server: "https://127.0.0.1:6443" } }]
        contexts: [{ name: default, context: { cluster: default, user: default } }]
        current-context: default
        users: [{ name: default, user: { token: abcdef } }]
        """
}
