public import MatrixCore

/// The progress of a deployment, statefulset or daemonset, as its object in the cluster states it.
public struct KubernetesRollout: Sendable {
    /// How many pods there should be, and how many are available.
    public let wanted: Int
    public let ready: Int
    /// Why it is not complete; nil if it is.
    public let reason: String?
    /// False if a count is not a whole number of pods; ``reason`` then names it.
    public let isReadable: Bool

    /// - Parameter kind: of the object, if its `kind` does not say it.
    public init(_ object: Value, kind: String? = nil) {
        let kind = (kind ?? object["kind"]?.string ?? "").lowercased()
        let status = object["status"] ?? .null
        var unreadable: String?
        func count(_ path: String, missing: Int = 0) -> Int {
            let value = object.element(at: path) ?? .int(missing)
            if value.count == nil { unreadable = "the cluster says that its \(path) is \(value.json)" }
            return value.count ?? 0
        }
        let isOnNodes = kind == "daemonset"
        wanted = isOnNodes ? count("status.desiredNumberScheduled") : count("spec.replicas", missing: 1)
        ready =
            isOnNodes
            ? count("status.numberAvailable")
            : max(count("status.availableReplicas"), kind == "statefulset" ? count("status.readyReplicas") : 0)
        let updated = count(isOnNodes ? "status.updatedNumberScheduled" : "status.updatedReplicas")
        let all = count("status.replicas")
        isReadable = unreadable == nil
        if let unreadable {
            reason = unreadable
        } else if (status["observedGeneration"]?.number ?? 0) < object.element(at: "metadata.generation")?.number ?? 0 {
            reason = "the cluster has not processed its last change yet"
        } else if updated < wanted {
            reason = "\(updated) of \(wanted) pods are new"
        } else if !isOnNodes, all > wanted {
            reason = "\(all - wanted) old pods are still there"
        } else {
            reason = ready < wanted ? "\(ready) of \(wanted) pods are available" : nil
        }
    }
}
