import MatrixCore

/// Reports at once everything that is missing on a server: credentials, nodes, privileges, templates, storages, bridge, ids.
struct ProxmoxPreflight: Sendable {
    let platform: String
    let cluster: ProxmoxCluster
    let settings: ProxmoxSettings
    let hasShell: Bool
    /// Whether missing templates are built.
    let builds: Bool

    private var client: ProxmoxClient { cluster.client }

    func problems(_ cells: [CellPlan]) async -> [PreflightProblem] {
        let version: Int
        do {
            version = try await majorVersion()
        } catch {
            // Without a reply nothing else can be checked.
            return [PreflightProblem(error, "the API cannot be used")]
        }
        var problems: [PreflightProblem] =
            version < 8 ? [PreflightProblem(.error, "Proxmox VE \(version) is too old", next: "upgrade to 8 or 9")] : []
        do {
            let list = try await client.get(["nodes"])
            let (nodes, unusable) = self.nodes(in: list)
            problems += unusable
            guard !nodes.isEmpty else { return problems }
            let found = try await TemplateSurvey(cluster: cluster, settings: settings, mayBuild: builds).findings(cells, on: nodes)
            let unknown = AddressCheck(platform: platform, settings: settings, hasShell: hasShell).problems(cells, found)
            problems += found.problems + unknown + SizeCheck(nodes: list).problems(cells, found)
            return await problems + resourceProblems(version, nodes, cells, found)
        } catch {
            return problems + [PreflightProblem(error, "the nodes cannot be checked")]
        }
    }

    private func resourceProblems(_ version: Int, _ nodes: [String], _ cells: [CellPlan], _ found: TemplateSurvey.Findings) async
        -> [PreflightProblem]
    {
        var problems = await asking("the storages") {
            try await StorageCheck(client: client, settings: settings).problems(nodes, cells, found)
        }
        problems += await asking("the bridge") { try await bridgeProblems(nodes) }
        problems += await asking("the privileges") { try await privilegeProblems(version, found) }
        problems += await asking("the VMIDs") { try await idProblems(cells) }
        return problems
    }

    private func asking(_ subject: String, _ work: () async throws -> [PreflightProblem]) async -> [PreflightProblem] {
        do { return try await work() } catch { return [PreflightProblem(error, "\(subject) cannot be checked")] }
    }

    private func majorVersion() async throws -> Int {
        let text = try await client.get(["version"])["version"]?.text ?? ""
        return Int(text.prefix { $0.isNumber }) ?? 0
    }

    /// The nodes of the settings that exist and are online; the others as problems.
    private func nodes(in list: Value) -> (usable: [String], problems: [PreflightProblem]) {
        guard case .list(let entries) = list else { return ([], []) }
        let states = Dictionary(entries.compactMap { entry in entry["node"]?.string.map { ($0, entry["status"]?.string ?? "unknown") } }) {
            first, _ in first
        }
        let usable = settings.nodes.filter { states[$0] == "online" }
        let bad = settings.nodes.filter { states[$0] != "online" }
        let problems = bad.map { node in
            states[node].map { PreflightProblem(usable.isEmpty ? .error : .warning, "node \(node) is \($0)") }
                ?? PreflightProblem(
                    .error, "there is no node \(node)", next: "the cluster has: \(states.keys.sorted().joined(separator: ", "))")
        }
        return (usable, problems)
    }

    private func bridgeProblems(_ nodes: [String]) async throws -> [PreflightProblem] {
        let bridges = Set(([settings.card] + settings.moreCards).compactMap(\.bridge)).sorted()
        guard !bridges.isEmpty else { return [] }
        var problems: [PreflightProblem] = []
        for node in nodes {
            guard case .list(let entries) = try await client.get(["nodes", node, "network"], ["type": "any_bridge"]) else { continue }
            let names = entries.compactMap { $0["iface"]?.string }.sorted()
            let seen = names.isEmpty ? "none can be seen" : "there are: \(names.joined(separator: ", "))"
            problems += bridges.filter { !names.contains($0) }.map { bridge in
                PreflightProblem(
                    .error, "node \(node) has no bridge \(bridge)",
                    next: "\(seen); the token needs SDN.Use on /sdn/zones/localnetwork/\(bridge) to see it")
            }
        }
        return problems
    }

    private func privilegeProblems(_ version: Int, _ found: TemplateSurvey.Findings) async throws -> [PreflightProblem] {
        if client.caller.isRoot { return [] }
        let needed = NeededPrivileges(version: version, settings: settings, templates: found.configs, builds: found.builds).all
        var missing: [PreflightProblem] = []
        for need in needed {
            var held: Set<String> = []
            for path in need.paths { held.formUnion(try await privileges(at: path)) }
            let lacking = need.privileges.filter { !held.contains($0) }
            guard !lacking.isEmpty else { continue }
            missing.append(
                PreflightProblem(
                    .error,
                    "the token lacks \(lacking.joined(separator: ", ")) on \(need.paths.joined(separator: " and on ")) (\(need.purpose))",
                    next:
                        "see docs/proxmox.md, or: pveum acl modify \(need.grant) "
                        + "--tokens '\(settings.tokenID ?? "USER!TOKEN")' --roles ROLE, for its user too"
                ))
        }
        return missing
    }

    private func privileges(at path: String) async throws -> Set<String> {
        guard case .map(let paths) = try await client.get(["access", "permissions"], ["path": .string(path)]) else { return [] }
        return Set(paths.values.flatMap { held -> [String] in if case .map(let names) = held { Array(names.keys) } else { [] } })
    }

    private func idProblems(_ cells: [CellPlan]) async throws -> [PreflightProblem] {
        let hosts = cells.reduce(0) { $0 + $1.hosts.count }
        let used = try await cluster.usedIDs()
        let free = settings.vmids.count { used[$0] == nil }
        var problems: [PreflightProblem] = []
        if free == 0 {
            problems.append(
                PreflightProblem(
                    .error, "no VMID of \(settings.vmids.lowerBound)-\(settings.vmids.upperBound) is free", next: "widen vmids"))
        }
        if let pool = settings.addresses, settings.isStatic, pool.all.count < hosts {
            problems.append(
                PreflightProblem(
                    .warning, "\(hosts) hosts share \(pool.all.count) addresses",
                    next: "set limits.platform.\(platform), or widen addresses.range"))
        }
        return problems
    }
}
