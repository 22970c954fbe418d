import MatrixCore

/// How far a deployment, statefulset or daemonset is.
struct KubernetesRollout {
    let wanted: Int
    let ready: Int
    /// Why it is not complete; nil where it is.
    let reason: String?

    init(_ object: Value) {
        let status = object["status"] ?? .null
        func count(_ key: String) -> Int { status[key]?.number.map { Int($0) } ?? 0 }
        let isOnNodes = object["kind"] == .string("DaemonSet")
        wanted = isOnNodes ? count("desiredNumberScheduled") : object.element(at: "spec.replicas")?.number.map { Int($0) } ?? 1
        ready = isOnNodes ? count("numberAvailable") : max(count("availableReplicas"), object["kind"] == .string("StatefulSet") ? count("readyReplicas") : 0)
        let updated = isOnNodes ? count("updatedNumberScheduled") : count("updatedReplicas")
        if (status["observedGeneration"]?.number ?? 0) < object.element(at: "metadata.generation")?.number ?? 0 {
            reason = "its last change has not been seen yet"
        } else if updated < wanted {
            reason = "\(updated) of \(wanted) pods are new"
        } else if !isOnNodes, count("replicas") > wanted {
            reason = "\(count("replicas") - wanted) old pods are still there"
        } else {
            reason = ready < wanted ? "\(ready) of \(wanted) pods are available" : nil
        }
    }
}
