import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms

@Suite struct K3sPlatformTests {
    private let samples = K3sSamples()

    private func document(_ value: Value) -> Document {
        Document(value: value, at: SourceLocation(file: "/etc/m/k3s.yml", line: 1, column: 1))
    }

    private func platform(_ options: Value = ["nodes": "lender"], lender: any Platform = ScriptedPlatform("lender")) -> K3sPlatform {
        let context = PlatformContext(
            state: "/state", access: nil, runner: ScriptedTransport(), redactor: Redactor(), connector: ScriptedConnector(),
            lenders: ["lender": lender])
        return K3sPlatform(name: "k3s", settings: K3sSettings(document(options)), context: context, pace: K3sSamples.pace)
    }

    @Test func hostsAreTheLendersAndCarryItsName() {
        let resources = platform().resources(for: samples.cell, run: K3sSamples.run, expires: nil).flatMap(\.self)
        #expect(resources.count == 3)
        #expect(Set(resources.map(\.platform)) == ["lender"])
    }

    @Test func aClusterCarriesAllThatAnotherProcessNeeds() throws {
        let cluster = try platform().cluster(on: samples.site())
        #expect(cluster.platform == "k3s" && cluster.kind == "cluster" && cluster.id == "c-\(K3sSamples.run)")
        let nodes = ClusterNode.all(of: cluster)
        #expect(nodes.map(\.name) == ["c-control-1", "c-worker-1"])
        #expect(nodes.map(\.isControl) == [true, false])
        #expect(nodes[1].endpoint == samples.hosts[1].endpoint)
        #expect(cluster.details["networks"] == "10.42.0.0/16 10.43.0.0/16")
        #expect(cluster.details["data"] == "/var/lib/rancher/k3s")
        #expect(!JSON.text(cluster).lowercased().contains("token"))
    }

    @Test func hostsThatAreDestroyedAnywayAreNotCleaned() async throws {
        let cluster = try platform().cluster(on: samples.site())
        #expect(cluster.details["uninstall"] == "no")
        try await platform().destroy(cluster)
        #expect(try platform(["nodes": "lender", "uninstall": "always"]).cluster(on: samples.site()).details["uninstall"] == "yes")
        #expect(try platform(lender: LivingOn()).cluster(on: samples.site()).details["uninstall"] == "yes")
        #expect(platform(lender: LivingOn()).hostsLiveOn)
    }

    @Test func preflightFindsWhatIsMissingAtOnce() async {
        var two = samples.cell
        two.name = "two"
        two.hosts[1].groups = ["k3s_control"]
        var none = samples.cell
        none.name = "none"
        none.hosts[0].groups = ["k3s_worker"]
        var rocky = samples.cell
        rocky.name = "rocky"
        rocky.os.name = "rocky9"
        let lender = ScriptedPlatform("lender")
        lender.report([PreflightProblem(.error, "no capacity")])
        let problems = await platform(["nodes": ["debian*": "lender"], "script": "nothing.sh"], lender: lender).preflight([
            samples.cell, two, none, rocky,
        ])
        let texts = problems.map { "\($0.severity) \($0.cells.joined(separator: " ")): \($0.message)" }
        #expect(texts.contains("error : script: /etc/m/nothing.sh cannot be read"))
        #expect(texts.contains("error two: two has 2 control nodes: their etcd needs an odd number, to decide if one of them fails"))
        #expect(texts.contains("error none: a K3s cluster needs a control node, but none has none"))
        #expect(texts.contains("unavailable rocky: no platform lends rocky9"))
        #expect(texts.contains("error c two none: lender: no capacity"))
        #expect(texts.count == 5)
    }

    @Test func settingsAreRead() {
        let settings = K3sSettings(
            document([
                "nodes": ["debian12": "pi-farm", "rocky*": "proxmox"], "version": "v1.31.5+k3s1",
                "binary": ["amd64": "k3s", "arm64": "k3s-arm64"],
                "server_args": ["--disable", "traefik,coredns"], "limits": ["start": "1m", "join": ["worker-*": "9m"]],
                "data_dir": "/mnt/ssd/k3s",
            ]))
        #expect(settings.lender(of: "rocky10") == "proxmox" && settings.lender(of: "debian13") == nil)
        #expect(settings.isPinned && settings.isAirgapped)
        #expect(settings.binary(for: "aarch64") == "/etc/m/k3s-arm64" && settings.binary(for: "riscv64") == nil)
        #expect(settings.disables("coredns") && !settings.disables("metrics-server"))
        #expect(settings.dataFolder == "/mnt/ssd/k3s")
        #expect(settings.limits.join(of: "worker-2") == .seconds(540) && settings.limits.join(of: "control-2") == .seconds(60))
        #expect(settings.limits.start == .seconds(60) && settings.limits.ready == .seconds(300))
        let empty = K3sSettings(document(["nodes": "podman", "script": "", "binary": ""]))
        #expect(empty.script == nil && !empty.isAirgapped && !empty.isPinned)
        #expect(K3sSettings(document(["nodes": "podman", "config": ["disable": ["coredns"]]])).disables("coredns"))
    }

    @Test func networksAreThoseOfTheArgumentsOrTheConfiguration() {
        let own = K3sSettings(
            document(["nodes": "podman", "server_args": ["--cluster-cidr", "10.50.0.0/16,fd00::/56", "--service-cidr=10.51.0.0/16"]]))
        #expect(own.networks == ["10.50.0.0/16", "fd00::/56", "10.51.0.0/16"])
        let configured = K3sSettings(
            document(["nodes": "podman", "config": ["cluster-cidr": "10.50.0.0/16", "service-cidr": ["10.51.0.0/16", "fd01::/112"]]]))
        #expect(configured.networks == ["10.50.0.0/16", "10.51.0.0/16", "fd01::/112"])
    }

    @Test func theVersionIsTheWordThatIsOne() {
        #expect(K3sRelease.version(in: "k3s version v1.31.5+k3s1 (56ec5dd4)") == "v1.31.5+k3s1")
        #expect(K3sRelease.version(in: "no version") == nil)
    }

    private func problems(_ options: Value) -> [String] {
        K3sSettings.declaration.examine(document(options)).map { "\($0.message); \($0.hint ?? "")" }
    }

    @Test func tokensOnCommandLinesAreRefused() {
        let problems = problems(["nodes": "podman", "server_args": ["--token=x"], "config": ["token": "x"]])
        #expect(problems.count == 2)
        #expect(problems.allSatisfy { $0.hasPrefix("token cannot be set: everybody on the host can see a token on a command line") })
    }

    @Test(arguments: [
        ["-t", "abc"], ["-token", "abc"], ["--agent-token", "abc"], ["--agent-token=abc"], ["-d=/srv/k3s"], ["--data-dir", "/srv/k3s"],
        ["--https-listen-port", "7443"], ["--disable-agent"], ["--node-name=x"], ["--with-node-id"], ["-s", "https://x"], ["-c", "/x"],
        ["--write-kubeconfig", "/x"], ["-i", "10.0.0.1"], ["--docker"], ["--datastore-endpoint", "mysql://x"],
        ["--kubelet-arg", "root-dir=/x"], ["--kubelet-arg=--hostname-override=x"], ["--kubelet-arg=cgroup-root=/x"],
    ])
    func aFlagThatTheDriverSetsOrReliesOnIsRefused(arguments: [String]) {
        let list = Value.list(arguments.map { .string($0) })
        #expect(problems(["nodes": "podman", "server_args": list]).count == 1)
        #expect(problems(["nodes": "podman", "agent_args": list]).count == 1)
    }

    @Test func otherFlagsAreNotRefused() {
        let arguments: Value = [
            "--disable", "traefik", "--node-label", "t=1", "--kubelet-arg", "max-pods=9", "--cluster-init", "--tls-san=x", "-v", "2",
            "--write-kubeconfig-mode", "644",
        ]
        #expect(
            problems(["nodes": "podman", "server_args": arguments, "config": ["snapshotter": "native", "node-label+": ["a=b"]]]) == [])
    }

    @Test func aKeyOfTheConfigurationIsRefusedLikeItsFlag() {
        let config: Value = [
            "data-dir": "/srv/k3s", "t": "abc", "node-name": "x", "kubelet-arg": ["max-pods=9", "root-dir=/x"], "node-ip+": ["10.0.0.1"],
        ]
        let found = problems(["nodes": "podman", "config": config])
        #expect(found.count == 5)
        #expect(found.contains("data-dir cannot be set: the removal would not find K3s's files; write data_dir: FOLDER for the platform"))
    }

    @Test func aFolderOfDataIsOneOfItsOwn() {
        #expect(problems(["nodes": "podman", "data_dir": "/srv/k3s"]) == [])
        #expect(problems(["nodes": "podman", "data_dir": ""]) == [])
        for path in ["/", "/srv", "/srv/../etc", "//srv/"] {
            #expect(problems(["nodes": "podman", "data_dir": .string(path)]).count == 1, "\(path)")
        }
    }

    @Test func registriesAreWrittenWithTheirPasswords() throws {
        let options: Value = [
            "nodes": "podman",
            "registries": [
                "mirrors": ["docker.io": ["endpoint": ["https://mirror.example"]]],
                "configs": ["mirror.example:5000": ["auth": ["username": "ci", "password": ["env": "MIRROR_PASSWORD"]]]],
            ],
        ]
        let settings = K3sSettings(document(options), secrets: ["registries.configs.mirror.example:5000.auth.password": "hunter22"])
        let registries = try #require(settings.registries)
        #expect(registries.secrets == ["hunter22"])
        #expect(registries.value.element(at: "mirrors[\"docker.io\"].endpoint.0") == "https://mirror.example")
        #expect(registries.text.contains("\"password\":\"hunter22\"") || registries.text.contains("\"password\": \"hunter22\""))
        #expect(K3sSettings(document(["nodes": "podman"])).registries == nil)
    }

    @Test func theTokenReachesNoCommandLine() async throws {
        let transport = samples.transports[1]
        transport.answer("mktemp -d /tmp/solti-matrix-k3s", output: "/tmp/solti-matrix-k3s.1")
        transport.answer("install.sh", output: "@k3s version k3s version v1.31.5+k3s1")
        let install = NodeInstall(
            settings: K3sSettings(), release: .init(script: "/install.sh"), host: samples.hosts[1], label: "worker", machine: "x86_64",
            log: { _ in })
        try await install.install(as: .init(arguments: ["agent"], token: "s3cr3t-t0k3n", url: "https://10.0.0.1:6443"))
        #expect(transport.commands.allSatisfy { !$0.display.contains("s3cr3t-t0k3n") && $0.environment.isEmpty })
        #expect(transport.scripts.contains { $0.contains("token=s3cr3t-t0k3n") })
    }

    @Test func aKubeconfigIsReadAndLedElsewhere() throws {
        let text = """
            apiVersion: v1
            clusters:
            - cluster:
                certificate-authority-data: Y2E=
                server: https://127.0.0.1:6443
              name: default
            contexts:
            - context: { cluster: default, user: default }
              name: default
            current-context: default
            users:
            - name: default
              user: { client-key-data: a2V5, token: t0k3n }
            """
        let kubeconfig = try Kubeconfig(text)
        #expect(kubeconfig.server == "https://127.0.0.1:6443")
        #expect(kubeconfig.secrets == ["a2V5", "key", "t0k3n"])
        let moved = kubeconfig.reaching("https://10.0.0.1:6443")
        #expect(try Kubeconfig(moved.text).server == "https://10.0.0.1:6443")
        #expect(throws: InfrastructureError.self) { try Kubeconfig("[]") }
        #expect(throws: InfrastructureError.self) { try Kubeconfig("current-context: none") }
    }
}

/// A lender whose hosts outlive what borrows them.
private struct LivingOn: Platform {
    let name = "lender"
    let hostsLiveOn = true
    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] { [] }
    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] { [] }
    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource { resource }
    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        throw CancellationError()
    }
    func destroy(_ resource: Resource) async throws {}
    func remaining(of run: RunID) async throws -> [Resource] { [] }
    func owned() async throws -> [Resource] { [] }
    func power(_ resource: Resource, on: Bool) async throws {}
}
