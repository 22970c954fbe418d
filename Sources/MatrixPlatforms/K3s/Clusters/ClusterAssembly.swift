internal import Crypto
internal import MatrixCore
internal import MatrixRemote

/// Makes a cluster of a cell's hosts: prerequisites on all, the server, the agents; then waits for the whole cluster.
struct ClusterAssembly: Sendable {
    /// Requests a path from the API of a kubeconfig.
    typealias API = @Sendable (Kubeconfig, String) async throws -> KubernetesAPI.Answer

    let cluster: Resource
    let site: ClusterSite
    let settings: K3sSettings
    let release: K3sRelease.Resolved
    let kernel: KernelSettings
    let redactor: Redactor
    let pace: K3sPace
    var api: API = Self.overTheNetwork

    static let overTheNetwork: API = { try await KubernetesAPI($0).get($1) }

    /// A host that is becoming a node.
    private struct Member: Sendable {
        var host: Host
        var facts: Prerequisites.Facts
        var isControl: Bool { ClusterNode.isControl(host.plan) }
    }

    func run() async throws -> Cluster {
        let members = try await prepared()
        try checkNames(members)
        let controls = members.filter(\.isControl)
        guard let control = controls.first else {
            throw InfrastructureError("no cluster for \(site.cell.name)", why: "it has no control node", isTransient: false)
        }
        if let boot = kernel.boot, members.contains(where: { $0.facts.boot == boot }) {
            try kernel.note(for: cluster.name)
            await site.log("K3s changes settings of this machine's kernel; they are put back when the cluster is removed")
        }
        for secret in settings.registries?.secrets ?? [] { redactor.hide(secret) }
        let access = ClusterAccess(
            host: control.host, label: label(control.host), data: settings.dataFolder, redactor: redactor, pace: pace)
        try await startServer(control, isAlone: controls.count == 1)
        let kubeconfig = try await access.kubeconfig(within: settings.limits.ready)
        let token = try await access.joinToken()
        // One by one: etcd takes one new member at a time.
        for other in controls.dropFirst() { try await join(other, to: control, token: token) }
        try await each(members.filter { !$0.isControl }) { try await join($0, to: control, token: token) }
        let version = try await checkedVersion(members)
        let readiness = ClusterReadiness(
            ask: { [api] in try await api(kubeconfig, $0) },
            nodes: members.map { .init(name: $0.facts.nodeName, shell: shell($0.host), unit: unit($0)) },
            hasDNS: !settings.disables("coredns"), pace: pace, waiting: site.waiting)
        try await readiness.wait(within: settings.limits.ready)
        await site.log("the cluster is ready: \(members.map(\.facts.nodeName).joined(separator: ", "))")
        let facts = members.map { ($0.host.name, ["k3s": version, "k3s_node": $0.facts.nodeName]) }
        return Cluster(hosts: members.map(\.host), kubeconfig: kubeconfig.text, facts: Dictionary(facts) { first, _ in first })
    }

    // MARK: - Hosts

    private func prepared() async throws -> [Member] {
        let prerequisites = Prerequisites(settings: settings, cluster: cluster, pace: pace, site: site)
        return try await each(site.hosts) { host in
            let met = try await prerequisites.meet(on: host)
            return Member(host: met.host, facts: met.facts)
        }
    }

    /// Two hosts with the same name would be one node: the second is refused for ever, or replaces the first.
    private func checkNames(_ members: [Member]) throws {
        let shared = Dictionary(grouping: members, by: \.facts.nodeName).filter { $1.count > 1 }
        guard let (name, hosts) = shared.min(by: { $0.key < $1.key }) else { return }
        throw InfrastructureError(
            "no cluster for \(site.cell.name)",
            why: "\(hosts.map { label($0.host) }.joined(separator: " and ")) have the same host name \(name)",
            next: "give every host a different name (hostnamectl set-hostname), or let provision set it: hostname: true", type: .k3sNames,
            isTransient: false)
    }

    /// Runs `work` on all at once and waits for all of them, then throws the first error with the others' names.
    @discardableResult
    private func each<Item: Sendable, Output: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws -> Output
    ) async throws -> [Output] {
        let results = await mapConcurrently(items, limit: items.count) { item -> Result<Output, any Error> in
            do { return .success(try await work(item)) } catch { return .failure(error) }
        }
        let errors = results.compactMap { result in
            if case .failure(let error) = result { error } else { nil }
        }
        guard let first = errors.first else { return try results.map { try $0.get() } }
        try Task.checkCancellation()
        guard var error = first as? InfrastructureError, errors.count > 1 else { throw first }
        let others = errors.dropFirst().compactMap { $0 as? InfrastructureError }.map(\.what)
        error.why += " (and \(others.joined(separator: ", and ")))"
        throw error
    }

    // MARK: - K3s

    private func startServer(_ member: Member, isAlone: Bool) async throws {
        let token = Self.randomToken()
        redactor.hide(token)
        let etcd = isAlone || settings.namesClusterInit ? [] : ["--cluster-init"]
        try await install(member, NodeInstall.Role(arguments: server(member) + etcd + settings.serverArguments, token: token))
        try await start(member, within: settings.limits.start)
    }

    private func join(_ member: Member, to control: Member, token: String) async throws {
        let url = "https://\(Self.bracketed(control.host.endpoint.internalAddress)):6443"
        let arguments =
            member.isControl
            ? server(member) + settings.serverArguments.filter { !$0.hasPrefix("--cluster-init") }
            : ["agent"] + common(member) + settings.agentArguments
        try await install(member, NodeInstall.Role(arguments: arguments, token: token, url: url))
        do {
            try await start(member, within: settings.limits.join(of: label(member.host)))
        } catch var error as InfrastructureError {
            // If the server died meanwhile, that is why nobody joins.
            let state = try? await shell(control.host).run(
                "say state \"$(systemctl is-active k3s)\"", timeout: .seconds(20), quietly: true)["state"]
            if let state, state != "active" {
                error.why += "; and k3s on \(label(control.host)) is \(state)"
                error.next = "see journalctl -u k3s on \(label(control.host))"
            }
            throw error
        }
    }

    /// The arguments of every server: its certificate has the names by which it is reached.
    private func server(_ member: Member) -> [String] {
        let endpoint = member.host.endpoint
        var names: [String] = []
        for name in [endpoint.address, endpoint.internalAddress, member.facts.nodeName] + settings.names where !names.contains(name) {
            names.append(name)
        }
        return ["server"] + names.flatMap { ["--tls-san", $0] } + common(member)
    }

    /// The arguments of every node. Its address is the one at which its peers reach the host, even if the host has other interfaces.
    private func common(_ member: Member) -> [String] {
        ["--node-ip", member.host.endpoint.internalAddress] + (settings.interface.map { ["--flannel-iface", $0] } ?? [])
            + (settings.dataFolder == K3sSettings.usualDataFolder ? [] : ["--data-dir", settings.dataFolder])
    }

    private func install(_ member: Member, _ role: NodeInstall.Role) async throws {
        let install = NodeInstall(
            settings: settings, release: release, host: member.host, label: label(member.host), machine: member.facts.machine, log: site.log
        )
        try await install.install(as: role)
    }

    private func start(_ member: Member, within limit: Duration) async throws {
        let start = NodeStart(shell: shell(member.host), unit: unit(member), limit: limit, pace: pace, waiting: site.waiting)
        try await start.start()
    }

    /// The release that all nodes run.
    private func checkedVersion(_ members: [Member]) async throws -> String {
        let versions = try await each(members) { member in
            // The programs exist once K3s has started; its uninstall script deletes them.
            let script =
                "\(RulesScript.keeper)keep_programs \(ClusterMark.folder)/bin\nsay version \"$(/usr/local/bin/k3s --version | head -n 1)\""
            let said =
                try await shell(member.host).run(
                    script, variables: ["data": settings.dataFolder], timeout: .seconds(60), quietly: true)["version"] ?? ""
            return K3sRelease.version(in: said) ?? said
        }
        guard Set(versions).count == 1 else {
            let list = zip(members, versions).map { "\(label($0.host)) has \($1)" }.joined(separator: ", ")
            throw InfrastructureError(
                "the nodes run different releases of K3s", why: list, next: "set one binary: for all", type: .k3sVersion, isTransient: false
            )
        }
        return versions[0]
    }

    // MARK: - Small things

    private func unit(_ member: Member) -> String { member.isControl ? "k3s" : "k3s-agent" }
    private func label(_ host: Host) -> String { host.plan.label(in: site.cell.hosts) }
    private func shell(_ host: Host) -> K3sShell { K3sShell(transport: host.transport, label: label(host), log: site.log) }

    static func bracketed(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }

    /// 256 random bits.
    private static func randomToken() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes(\.hexadecimal)
    }
}
