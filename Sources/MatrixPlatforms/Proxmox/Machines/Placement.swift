import MatrixCore

/// A template and the node that its clone goes to.
struct Placement: Sendable, Hashable {
    var template: GuestTemplate
    var node: String
}

/// Finds the nodes that a system's machines can be on: the template's node, or any node if all its disks are on shared storage.
struct Placements: Sendable {
    let cluster: ProxmoxCluster
    let settings: ProxmoxSettings

    /// - Parameters:
    ///   - templates: a system's, the newest first.
    ///   - nodes: those of the settings that are online.
    /// - Returns: at most one for each node, in the nodes' order; none for a node that no template reaches.
    func all(of templates: [GuestTemplate], on nodes: [String]) async throws -> [Placement] {
        let newest = GuestTemplate.newestOfEachNode(templates.filter { nodes.contains($0.node) })
        guard nodes.count > newest.count, let first = newest.first else { return newest.map { Placement(template: $0, node: $0.node) } }
        let reachesAll = try await isShared(first)
        return nodes.compactMap { node in
            if let own = newest.first(where: { $0.node == node }) { return Placement(template: own, node: node) }
            return reachesAll ? Placement(template: first, node: node) : nil
        }
    }

    /// Whether a clone of a template may go to another node: the server moves no disks, not even for a full clone to another storage.
    private func isShared(_ template: GuestTemplate) async throws -> Bool {
        guard let config = try await cluster.config(template.vmid, on: template.node).map(MachineConfig.init) else { return false }
        let entries = try await cluster.client.get(["nodes", template.node, "storage"]).elements
        let shared = Set(entries.filter { $0["shared"]?.text == "1" }.compactMap { $0["storage"]?.string })
        let target = settings.clone == .full ? settings.storage : nil
        // A machine does not start without the file that its vendor data is in.
        let snippets = config["cicustom"].flatMap { VendorData.isOurs($0) ? VendorData.storage(in: $0) : nil }
        return (config.storages + [snippets].compactMap(\.self)).allSatisfy(shared.contains) && target.map(shared.contains) ?? true
    }
}
