import MatrixCore
import MatrixRemote

/// A list of nodes or pods: which of them are ready, and which crash.
struct KubernetesObjects {
    let all: [Value]
    let ready: [Value]
    let unready: [Value]

    /// - Parameter kind: `nodes` or `pods`; a pod that has finished its work counts as ready.
    /// - Throws: `Unanswered` if the answer is no list, or only a part of one.
    init(_ list: Value?, _ kind: String) throws(Unanswered) {
        guard case .list(let items)? = list?["items"] else { throw Unanswered("the cluster's answer is not a list of \(kind)") }
        if let next = list?.element(at: "metadata.continue")?.string, !next.isEmpty {
            throw Unanswered("the cluster listed only a part of its \(kind)", next: "narrow the selector")
        }
        all = items
        let isReady: (Value) -> Bool = { kind == "pods" ? KubernetesPods.isReady($0) : Self.condition("Ready", of: $0) }
        ready = all.filter(isReady)
        unready = all.filter { !isReady($0) }
    }

    /// Names of those that are not ready, as the end of a sentence.
    var unreadyWords: String {
        unready.isEmpty ? "" : "; not: \(unready.compactMap { $0.element(at: "metadata.name")?.string }.joined(separator: ", "))"
    }

    /// The first container that keeps crashing.
    var crashing: String? {
        for pod in all {
            for status in KubernetesPods.statuses(of: pod) where status.element(at: "state.waiting.reason") == .string("CrashLoopBackOff") {
                return
                    "\(pod.element(at: "metadata.name")?.string ?? "a pod"): "
                    + "CrashLoopBackOff after \(status["restartCount"]?.count ?? 0) restarts"
            }
        }
        return nil
    }

    private static func condition(_ type: String, of object: Value) -> Bool {
        guard case .list(let conditions)? = object.element(at: "status.conditions") else { return false }
        return conditions.contains { $0["type"]?.string == type && $0["status"]?.string == "True" }
    }
}
