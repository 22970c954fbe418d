import MatrixCore

/// How far a deployment, statefulset or daemonset is.
struct KubernetesRollout {
    let wanted: Int
    let ready: Int
    /// Why it is not complete; nil where it is.
    let reason: String?

    init(_ object: Value) {
        let status = object["status"] ?? .null
        var unreadable: String?
        func count(_ path: String, missing: Int = 0) -> Int {
            let value = object.element(at: path) ?? .int(missing)
            if value.count == nil { unreadable = "the cluster says that its \(path) is \(value.json)" }
            return value.count ?? 0
        }
        let isOnNodes = object["kind"] == .string("DaemonSet")
        wanted = isOnNodes ? count("status.desiredNumberScheduled") : count("spec.replicas", missing: 1)
        ready =
            isOnNodes
            ? count("status.numberAvailable")
            : max(count("status.availableReplicas"), object["kind"] == .string("StatefulSet") ? count("status.readyReplicas") : 0)
        let updated = count(isOnNodes ? "status.updatedNumberScheduled" : "status.updatedReplicas")
        let all = count("status.replicas")
        if let unreadable {
            reason = unreadable
        } else if (status["observedGeneration"]?.number ?? 0) < object.element(at: "metadata.generation")?.number ?? 0 {
            reason = "its last change has not been seen yet"
        } else if updated < wanted {
            reason = "\(updated) of \(wanted) pods are new"
        } else if !isOnNodes, all > wanted {
            reason = "\(all - wanted) old pods are still there"
        } else {
            reason = ready < wanted ? "\(ready) of \(wanted) pods are available" : nil
        }
    }
}
