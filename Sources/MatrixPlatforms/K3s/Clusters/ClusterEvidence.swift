internal import MatrixCore

/// The journals of K3s on the nodes of a cluster that did not come up.
struct ClusterEvidence: Sendable {
    let connector: any Connector

    private static let limit = Duration.seconds(25)
    private static let script = """
        systemctl status k3s k3s-agent --no-pager --full --lines=0 2>&1
        journalctl --unit=k3s --unit=k3s-agent --no-pager --output=short --lines=300 2>&1
        exit 0
        """

    /// The control node's first.
    func all(of cluster: Resource) async -> [Evidence] {
        let nodes = ClusterNode.all(of: cluster)
        let ordered = nodes.filter(\.isControl) + nodes.filter { !$0.isControl }
        return await mapConcurrently(ordered, limit: max(1, ordered.count)) { await journal(of: $0) }.compactMap(\.self)
    }

    private func journal(of node: ClusterNode) async -> Evidence? {
        try? await withDeadline(Self.limit) { [connector] in
            let transport = try await connector.connect(to: node.endpoint) { _ in }
            return try await withCleanup {
                let command = Command(["sh", "-c", Self.script], user: "root", timeout: .seconds(15))
                let result = try await transport.run(command)
                let shown = Command(["journalctl", "--unit=k3s", "--unit=k3s-agent", "--no-pager"], user: "root")
                return Evidence(
                    "k3s-\(node.name)", command: transport.commandLine(for: shown), text: result.output)
            } cleanup: {
                await transport.close()
            }
        }
    }
}
