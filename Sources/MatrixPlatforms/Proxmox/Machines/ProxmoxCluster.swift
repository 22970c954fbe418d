import MatrixCore

/// What is on the nodes: lists and configurations of machines.
struct ProxmoxCluster: Sendable {
    let client: ProxmoxClient
    let nodes: [String]

    /// All machines and templates of the named nodes, read from their configurations.
    ///
    /// `/cluster/resources` is not used for names: they come from statistics there and lag behind by seconds.
    func machines() async throws -> [Machine] {
        var machines: [Machine] = []
        for node in nodes { machines += try await self.machines(on: node) }
        return machines
    }

    func machines(on node: String) async throws -> [Machine] {
        guard case .list(let entries) = try await client.get(["nodes", node, "qemu"]) else { return [] }
        return entries.compactMap { Machine($0, node: node) }
    }

    /// Every id in use that may be seen, of machines and containers, and where it is.
    func usedIDs() async throws -> [Int: String] {
        guard case .list(let entries) = try await client.get(["cluster", "resources"], ["type": "vm"]) else { return [:] }
        let pairs = entries.compactMap { entry -> (Int, String)? in
            guard let vmid = entry["vmid"].flatMap({ Int($0.text) }), let node = entry["node"]?.string else { return nil }
            return (vmid, node)
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// A machine's configuration, or nil where it is not on that node.
    func config(_ vmid: Int, on node: String) async throws -> Value? {
        do {
            return try await client.get(["nodes", node, "qemu", "\(vmid)", "config"])
        } catch let fault as ProxmoxFault where fault.kind == .missing {
            return nil
        }
    }

    /// Where a machine is: on the node that is thought, or on the one that it moved to; nil where it is nowhere.
    func find(_ vmid: Int, first node: String?) async throws -> (node: String, config: Value)? {
        let likely = [node].compactMap(\.self) + nodes.filter { $0 != node }
        for node in likely {
            if let config = try await config(vmid, on: node) { return (node, config) }
        }
        guard let elsewhere = try await usedIDs()[vmid], !likely.contains(elsewhere) else { return nil }
        return try await config(vmid, on: elsewhere).map { (elsewhere, $0) }
    }

    func isRunning(_ vmid: Int, on node: String) async throws -> Bool {
        try await client.get(["nodes", node, "qemu", "\(vmid)", "status", "current"])["status"]?.string == "running"
    }
}
