import MatrixCore

/// What is on the nodes: lists and configurations of machines.
struct ProxmoxCluster: Sendable {
    let client: ProxmoxClient
    let nodes: [String]

    /// All machines and templates of the named nodes, read from their configurations.
    ///
    /// `/cluster/resources` gives the names only if a node is down: it reads them from statistics that are seconds old.
    func machines() async throws -> [Machine] {
        let down = nodes.count > 1 ? try await downNodes() : []
        var machines: [Machine] = []
        for node in nodes {
            machines +=
                down.contains(node)
                ? try await resources().compactMap { try Machine.read($0) }.filter { $0.node == node } : try await self.machines(on: node)
        }
        return machines
    }

    /// The named nodes that the cluster does not reach.
    func downNodes() async throws -> Set<String> {
        let entries = try await client.get(["nodes"]).elements
        return Set(entries.filter { $0["status"]?.string == "offline" }.compactMap { $0["node"]?.string }).intersection(nodes)
    }

    func machines(on node: String) async throws -> [Machine] {
        try await client.list(["nodes", node, "qemu"]).compactMap { try Machine.read($0, node: node) }
    }

    /// All visible ids in use, of machines and containers, with their nodes.
    func usedIDs() async throws -> [Int: String] {
        let pairs = try await resources().map { entry -> (Int, String) in
            guard let vmid = Machine.id(entry), let node = Machine.node(entry) else { throw Machine.unreadable(entry) }
            return (vmid, node)
        }
        return Dictionary(pairs) { first, _ in first }
    }

    private func resources() async throws -> [Value] {
        try await client.list(["cluster", "resources"], ["type": "vm"])
    }

    /// The ids that have volumes on a storage, as a node sees it: of machines that exist or are gone.
    func volumeIDs(on storage: String, node: String) async throws -> Set<Int> {
        let entries = try await client.get(["nodes", node, "storage", storage, "content"], ["content": "images"]).elements
        return Set(entries.compactMap { $0["vmid"].flatMap { Int($0.text) } })
    }

    /// A machine's configuration, or nil if it is not on that node.
    func config(_ vmid: Int, on node: String) async throws -> Value? {
        do {
            return try await client.get(["nodes", node, "qemu", "\(vmid)", "config"])
        } catch let fault as ProxmoxFault where fault.kind == .missing {
            return nil
        }
    }

    /// The node of a machine: the expected one, or the one that it moved to; nil if it does not exist.
    func find(_ vmid: Int, first node: String?) async throws -> (node: String, config: Value)? {
        if let node, let config = try await config(vmid, on: node) { return (node, config) }
        guard let elsewhere = try await usedIDs()[vmid], elsewhere != node else { return nil }
        return try await config(vmid, on: elsewhere).map { (elsewhere, $0) }
    }

    func isRunning(_ vmid: Int, on node: String) async throws -> Bool {
        try await client.get(["nodes", node, "qemu", "\(vmid)", "status", "current"])["status"]?.string == "running"
    }
}
