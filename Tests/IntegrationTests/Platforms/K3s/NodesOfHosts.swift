import MatrixCore
import MatrixRemote
import Synchronization

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Hosts as far as a cluster changes them: whose mark they carry, and whether K3s is on them and runs.
final class NodesOfHosts: Sendable {
    private struct Node {
        var cluster = ""
        var isInstalled = false
        var isRunning = false
    }

    private static let version = "k3s version v1.31.5+k3s1 (56ec5dd4)"
    private let state = Mutex([String: Node]())
    private let unknown = Mutex<Set<String>>([])

    /// Hosts with anything of a cluster on them.
    var marked: [String] {
        state.withLock { $0.filter { !$0.value.cluster.isEmpty || $0.value.isInstalled }.map { "\($0.key): \($0.value)" }.sorted() }
    }

    /// Scripts that were not understood: a run would take their failure for a broken host.
    var notUnderstood: [String] { unknown.withLock { $0.sorted() } }

    /// Somebody's own cluster, made without us.
    func put(_ name: String, of cluster: String) {
        state.withLock { $0[name] = Node(cluster: cluster, isInstalled: true, isRunning: true) }
    }

    // MARK: - The API

    /// As the server of the cluster answers whose name is the kubeconfig's token.
    func ask(_ kubeconfig: Kubeconfig, _ path: String) -> KubernetesAPI.Answer {
        let running = state.withLock { $0.filter { $0.value.cluster == kubeconfig.token && $0.value.isRunning }.map(\.key) }
        let nodes = running.map { name -> Value in
            ["metadata": ["name": .string(name)], "status": ["conditions": [["type": "Ready", "status": "True"]]]]
        }
        let answer: Value = path == "/api/v1/nodes" ? ["items": .list(nodes)] : ["status": ["availableReplicas": 1]]
        return KubernetesAPI.Answer(status: 200, text: answer.json)
    }

    // MARK: - Scripts

    /// Does what a script would.
    func answer(_ command: Command, on name: String) throws -> CommandResult {
        let script = String(decoding: command.input ?? [], as: UTF8.self)
        let result = state.withLock { nodes in
            if command.arguments.first == "cat" { return Self.file(nodes[name]?.cluster ?? "") as CommandResult? }
            // Whether the host still answers.
            if command.arguments == ["true"] { return .printed() }
            return Self.answer(script, on: &nodes[name, default: Node()], name)
        }
        if let result { return result }
        unknown.withLock { _ = $0.insert(script.isEmpty ? command.display : script) }
        throw InfrastructureError("node \(name)", why: "it does not know: \(script.suffix(200))", isTransient: false)
    }

    private static func file(_ cluster: String) -> CommandResult {
        .printed(
            "apiVersion: v1", "clusters: [{ name: default, cluster: { server: \"https://127.0.0.1:6443\" } }]",
            "contexts: [{ name: default, context: { cluster: default, user: default } }]", "current-context: default",
            "users: [{ name: default, user: { token: \(cluster) } }]")
    }

    private static func answer(_ script: String, on node: inout Node, _ name: String) -> CommandResult? {
        let cluster = script.firstMatch(of: /(?m)^cluster='?([^'\n]*)'?$/).map { String($0.output.1) } ?? ""
        if script.contains("nothing of $cluster is here") {
            if node.cluster == cluster { node = Node() }
            return .printed("@k3s done")
        } else if script.contains("mark=/var/lib/solti-matrix/k3s") {
            guard node.cluster.isEmpty || node.cluster == cluster else { return .printed("@k3s boot one", "@k3s present \(node.cluster)") }
            node.cluster = cluster
            return .printed("@k3s boot one", "@k3s name \(name)", "@k3s machine x86_64")
        } else if script.contains("mktemp -d") {
            return .printed("/tmp/solti-matrix-k3s.x")
        } else if script.contains("INSTALL_K3S_SKIP_START") {
            node.isInstalled = true
            return .printed("@k3s version \(version)")
        } else if script.contains("systemctl start --no-block") {
            node.isRunning = node.isInstalled
            return .printed("@k3s since 1")
        } else if script.contains("journalctl --unit") {
            return .printed("@k3s state \(node.isRunning ? "active running" : "inactive dead")")
        } else if script.contains("systemctl is-active") {
            return .printed("@k3s state \(node.isRunning ? "active" : "inactive")")
        } else if script.contains("/usr/local/bin/k3s --version") {
            return .printed("@k3s version \(version)")
        } else if script.contains("date +%s") {
            return .printed("@k3s time \(Int(nearest: Timestamp.now.seconds))")
        }
        return nil
    }
}
