internal import MatrixCore
import MatrixRemote

/// Something that is rolled out, and its progress.
struct Workload: Sendable, Hashable {
    /// How far a rollout is.
    enum Progress: Sendable, Hashable {
        case done
        /// Not yet, and why.
        case waiting(String)
        /// It never will be: the failing pod, and why.
        case failed(pod: String?, String)
    }

    /// `deployment`, `statefulset`, `daemonset`, `job` or `pod`.
    var kind: String
    var name: String
    var namespace: String

    var label: String { "\(kind)/\(name)" }

    /// The objects to wait for, of a list or a single object.
    static func all(in value: Value, namespace: String) -> [Workload] {
        if case .list(let items)? = value["items"] { return items.flatMap { all(in: $0, namespace: namespace) } }
        guard let kind = value["kind"]?.string?.lowercased(), ["deployment", "statefulset", "daemonset", "job", "pod"].contains(kind),
            let name = value.element(at: "metadata.name")?.string
        else { return [] }
        return [Workload(kind: kind, name: name, namespace: value.element(at: "metadata.namespace")?.string ?? namespace)]
    }

    /// An object's progress by its status.
    func progress(of object: Value) -> Progress {
        switch kind {
        case "pod":
            return KubernetesPods.isReady(object) ? .done : .waiting("it is \(object.element(at: "status.phase")?.string ?? "not there")")
        case "job":
            if Self.condition("Failed", of: object) { return .failed(pod: nil, "the job failed") }
            return Self.condition("Complete", of: object) ? .done : .waiting("it is not complete")
        default: break
        }
        let rollout = KubernetesRollout(object, kind: kind)
        guard let reason = rollout.reason else {
            return kind == "daemonset" && rollout.wanted == 0 ? .waiting("no node accepts it") : .done
        }
        return rollout.isReadable ? .waiting(reason) : .failed(pod: nil, reason)
    }

    /// Why its pods will never run; nil if they may still start.
    static func failure(in pods: Value) -> (pod: String, why: String)? {
        guard case .list(let items)? = pods["items"] else { return nil }
        for pod in items {
            for status in KubernetesPods.statuses(of: pod) where status["ready"] != .bool(true) {
                let reason = status.element(at: "state.waiting.reason")?.string ?? ""
                let restarts = status["restartCount"]?.count ?? 0
                guard
                    ["CrashLoopBackOff", "CreateContainerConfigError", "InvalidImageName", "RunContainerError"].contains(reason)
                        || restarts >= 3
                else { continue }
                let message = status.element(at: "state.waiting.message")?.string.map { ": \($0)" } ?? ""
                return (
                    pod.element(at: "metadata.name")?.string ?? "a pod",
                    "\(reason.isEmpty ? "it crashes" : reason) after \(restarts) restarts\(message)"
                )
            }
        }
        return nil
    }

    private static func condition(_ type: String, of object: Value) -> Bool {
        (object.element(at: "status.conditions")?.elements ?? []).contains { $0["type"]?.string == type && $0["status"]?.string == "True" }
    }
}
