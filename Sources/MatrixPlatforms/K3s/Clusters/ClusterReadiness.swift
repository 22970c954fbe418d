internal import MatrixCore
internal import MatrixRemote

/// Waits until a cluster is as planned: its API and exactly the expected nodes are ready.
struct ClusterReadiness: Sendable {
    /// A node that must be there.
    struct Node: Sendable {
        var name: String
        var shell: K3sShell
        var unit: String
    }

    /// Requests a path from the cluster's API.
    let ask: @Sendable (String) async throws -> KubernetesAPI.Answer
    let nodes: [Node]
    /// Whether to wait for coredns.
    let hasDNS: Bool
    let pace: K3sPace
    let waiting: @Sendable (String) -> Void

    func wait(within limit: Duration) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        var told = ""
        while true {
            guard let reason = try await reasonToWait() else { return }
            guard clock.now - began < limit else {
                throw InfrastructureError(
                    "the cluster is not ready", why: "after \(limit.brief) \(reason)",
                    next: "see kubectl get nodes,pods -A; if it only needs more time, raise limits: { ready: … } of the platform",
                    type: .k3sReady, isTransient: false)
            }
            if reason != told { waiting(reason) }
            told = reason
            try await clock.sleep(for: pace.poll)
        }
    }

    /// What is still missing; nil if nothing is.
    private func reasonToWait() async throws -> String? {
        do {
            let ready = try await ask("/readyz")
            guard ready.isGood else {
                return "the API is not ready: \(ready.message.split(separator: "\n").last.map(String.init) ?? "\(ready.status)")"
            }
            let list = try await ask("/api/v1/nodes")
            guard list.isGood, let value = list.value else { return "the API does not list its nodes: \(list.message)" }
            if let reason = Self.judge(value, expected: nodes.map(\.name)) { return reason }
            // A stopped agent's node stays Ready for most of a minute, so the services themselves are asked.
            if let reason = await stopped() { return reason }
            let account = try await ask("/api/v1/namespaces/default/serviceaccounts/default")
            guard account.isGood else { return "there is no default service account yet" }
            return hasDNS ? try await dns() : nil
        } catch let error as InfrastructureError where error.isTransient {
            return "\(error.what): \(error.why)"
        }
    }

    /// What is wrong with a list of nodes; nil if exactly the expected ones exist and are Ready.
    static func judge(_ list: Value, expected: [String]) -> String? {
        guard case .list(let items)? = list["items"], !items.isEmpty else { return "the cluster has no nodes" }
        let found = Dictionary(items.compactMap { item in item.element(at: "metadata.name")?.string.map { ($0, item) } }) { first, _ in
            first
        }
        let missing = expected.filter { found[$0] == nil }
        guard missing.isEmpty else { return "these nodes are missing: \(missing.joined(separator: ", "))" }
        let foreign = found.keys.filter { !expected.contains($0) }.sorted()
        guard foreign.isEmpty else { return "these nodes do not belong to this cell: \(foreign.joined(separator: ", "))" }
        let unready = expected.filter { !isReady(found[$0] ?? .null) }
        return unready.isEmpty
            ? nil : "these nodes are not ready: \(unready.map { describe($0, found[$0] ?? .null) }.joined(separator: ", "))"
    }

    private static func condition(_ node: Value) -> Value? {
        node.element(at: "status.conditions")?.elements.first { $0["type"]?.string == "Ready" }
    }

    private static func isReady(_ node: Value) -> Bool { condition(node)?["status"]?.string == "True" }

    private static func describe(_ name: String, _ node: Value) -> String {
        condition(node)?["message"]?.string.map { "\(name) (\($0))" } ?? name
    }

    private func stopped() async -> String? {
        let states = await mapConcurrently(nodes, limit: nodes.count) { node -> String? in
            let answer = try? await node.shell.run(
                "say state \"$(systemctl is-active \(node.unit))\"", timeout: .seconds(30), quietly: true)
            let state = answer?["state"] ?? "in an unknown state"
            return state == "active" ? nil : "\(node.unit) on \(node.shell.label) is \(state)"
        }
        return states.compactMap(\.self).first
    }

    private func dns() async throws -> String? {
        let answer = try await ask("/apis/apps/v1/namespaces/kube-system/deployments/coredns")
        let available = answer.value?.element(at: "status.availableReplicas")?.number ?? 0
        guard !answer.isGood || available < 1 else { return nil }
        let pods = try await ask("/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns")
        let events = try await ask("/api/v1/namespaces/kube-system/events?fieldSelector=type%3DWarning")
        return "coredns is not available yet\(KubernetesPods(pods.value, events: events.value).words)"
    }
}
