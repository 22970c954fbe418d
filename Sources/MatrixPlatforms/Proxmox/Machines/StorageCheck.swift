import MatrixCore

/// Checks that the storages exist, are online, accept disks and have enough space.
struct StorageCheck: Sendable {
    let client: ProxmoxClient
    let settings: ProxmoxSettings

    /// A linked clone starts empty. This much space is counted for it.
    private static let leastRoom = 1 << 30

    func problems(_ nodes: [String], _ cells: [CellPlan], _ found: TemplateSurvey.Findings) async throws -> [PreflightProblem] {
        var problems: [PreflightProblem] = []
        for node in nodes {
            guard case .list(let entries) = try await client.get(["nodes", node, "storage"]) else { continue }
            for name in names(on: node, found) {
                if let problem = problem(entries.first { $0["storage"]?.string == name }, name, node, room(for: cells, nodes.count)) {
                    problems.append(problem)
                }
            }
        }
        return problems
    }

    /// The configured storage, and those of the templates' disks: a linked clone stays there.
    private func names(on node: String, _ found: TemplateSurvey.Findings) -> [String] {
        var names = Set([settings.storage].compactMap(\.self))
        for placement in found.placements where placement.node == node && settings.clone == .linked {
            names.formUnion(found.configs[placement.template.vmid]?.storages ?? [])
        }
        return names.sorted()
    }

    private func room(for cells: [CellPlan], _ nodes: Int) -> Int {
        let hosts = cells.flatMap(\.hosts)
        let sizes = hosts.map { settings.clone == .full ? max($0.size.disk ?? 0, settings.build.disk) : Self.leastRoom }
        return sizes.total / max(1, nodes)
    }

    private func problem(_ entry: Value?, _ name: String, _ node: String, _ room: Int) -> PreflightProblem? {
        guard let entry else {
            return PreflightProblem(
                .error, "node \(node) has no storage \(name), or the token may not see it",
                next: "it needs Datastore.AllocateSpace on /storage/\(name)")
        }
        guard entry["enabled"]?.text ?? "1" == "1", entry["active"]?.text == "1" else {
            return PreflightProblem(.error, "storage \(name) is not online on node \(node)", next: "run on the node: pvesm status")
        }
        let content = (entry["content"]?.string ?? "").split(separator: ",")
        guard content.contains("images") else {
            return PreflightProblem(
                .error, "storage \(name) accepts no disks (content: \(content.joined(separator: ", ")))",
                next: "pvesm set \(name) --content images,…")
        }
        guard let free = entry["avail"]?.number, free < Double(room) else { return nil }
        return PreflightProblem(
            .error,
            "storage \(name) on \(node) is full: \(ByteSize.brief(Int(nearest: free))) are free, \(ByteSize.brief(room)) are needed",
            next: "remove old machines (matrix reap) and templates (matrix template prune), or name another storage")
    }
}
