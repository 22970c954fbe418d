import MatrixTesting

@testable import MatrixCore
@testable import MatrixPlatforms

/// A cell of a control node and workers on scripted transports.
struct K3sSamples {
    static let run = RunID("261123-050122-k3s1")
    /// Asks again at once, and believes a cause when it stands for the second time.
    static let pace = K3sPace(poll: .milliseconds(1), patience: .zero, reach: .seconds(2))

    /// No node is on a machine without a boot.
    static let kernel = KernelSettings(folder: "/nowhere", root: "/nowhere")

    let cell: CellPlan
    let hosts: [Host]
    let transports: [ScriptedTransport]

    init(workers: Int = 1) {
        let os = OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"))
        let plans =
            [HostPlan(name: "c-control-1", role: "control", groups: ["k3s_control"])]
            + (0..<workers).map { HostPlan(name: "c-worker-\($0 + 1)", role: "worker", index: $0 + 1, groups: ["k3s_worker"]) }
        let transports = plans.map { _ in ScriptedTransport() }
        cell = CellPlan(name: "c", point: [], os: os, platform: "k3s", hosts: plans)
        self.transports = transports
        hosts = zip(plans, transports).map { plan, transport in
            let endpoint = Endpoint(
                address: "127.0.0.\(plan.index)", user: "root", keyFile: "/key", knownHostsFile: "/known", alias: plan.name)
            let resource = Resource(platform: "lender", kind: "host", name: plan.name, run: Self.run, cell: "c", host: plan.name)
            return Host(plan: plan, resource: resource, endpoint: endpoint, transport: transport)
        }
    }

    /// - Parameter reconnected: what answers after a reboot.
    func site(reconnected: (any Transport)? = nil) -> ClusterSite {
        let reconnect: @Sendable (Host) async throws -> Host = { host in
            guard let reconnected else { throw InfrastructureError("connect", why: "nothing answers") }
            var host = host
            host.transport = reconnected
            return host
        }
        return ClusterSite(run: Self.run, cell: cell, hosts: hosts, expires: nil, log: { _ in }, waiting: { _ in }, reconnect: reconnect)
    }

    var cluster: Resource {
        let nodes = hosts.map { ClusterNode(name: $0.name, isControl: ClusterNode.isControl($0.plan), endpoint: $0.endpoint) }
        return Resource(
            platform: "k3s", kind: "cluster", name: "c-\(Self.run)", id: "c-\(Self.run)", run: Self.run, cell: "c",
            details: ["nodes": JSON.text(nodes), "uninstall": "yes"])
    }

    func prerequisites(_ settings: K3sSettings = K3sSettings(), reconnected: (any Transport)? = nil) -> Prerequisites {
        Prerequisites(settings: settings, cluster: cluster, pace: Self.pace, site: site(reconnected: reconnected))
    }

    /// Lets a host tell this of itself.
    static func tell(_ transport: ScriptedTransport, name: String = "node", boot: String = "one", _ more: String...) {
        transport.answer("say boot", output: "@k3s boot \(boot)")
        transport.answer("date +%s") { Int(nearest: Timestamp.now.seconds(since: Timestamp(seconds: 0))) }
        transport.answer("systemctl --no-block reboot")
        // Asked first, as it holds the words of others.
        let told = ["boot \(boot)", "name \(name)", "machine x86_64"] + more
        transport.answer("mark=/var/lib/solti-matrix/k3s", output: told.map { "@k3s \($0)" }.joined(separator: "\n"))
    }

    static func shell(_ transport: any Transport, _ label: String = "worker-1") -> K3sShell { K3sShell(transport: transport, label: label) }
}

extension ScriptedTransport {
    /// Answers the question for the time, in seconds since 1970.
    func answer(_ part: String, time: @escaping @Sendable () -> Int) {
        answer { command in
            guard String(decoding: command.input ?? [], as: UTF8.self).contains(part) else { return nil }
            return CommandResult(exitStatus: 0, standardOutput: Array("@k3s time \(time())\n".utf8))
        }
    }

    /// All scripts that were run, as text.
    var scripts: [String] { commands.map { String(decoding: $0.input ?? [], as: UTF8.self) } }
}

/// The infrastructure error that `work` throws; nil if it throws none.
func failure(_ work: () async throws -> Void) async -> InfrastructureError? {
    do {
        try await work()
        return nil
    } catch { return error as? InfrastructureError }
}
