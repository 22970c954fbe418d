public import MatrixCore

/// Why pods do not run, as the cluster states it: what their containers wait for, and the newest warning about them.
public struct KubernetesPods: Sendable {
    private let pods: [Value]
    private let warning: String?

    /// - Parameters:
    ///   - list: a list of pods, or one pod.
    ///   - events: the events of their namespace.
    public init(_ list: Value?, events: Value? = nil) {
        pods = list?["kind"]?.string == "Pod" ? [list ?? .null] : list?["items"]?.elements ?? []
        let names = Set(pods.compactMap(Self.name))
        let warnings = (events?["items"]?.elements ?? []).filter { event in
            event["type"]?.string == "Warning" && event.element(at: "involvedObject.kind")?.string == "Pod"
                && event.element(at: "involvedObject.name")?.string.map(names.contains) == true
        }
        warning = warnings.max { Self.time(of: $0) < Self.time(of: $1) }.map { event in
            Self.joined(event["reason"]?.string ?? "a warning", event["message"]?.string)
        }
    }

    /// What pods wait for, each once, then the newest warning; empty if nothing is known.
    public var reasons: [String] {
        var reasons: [String] = []
        for pod in pods where !Self.isReady(pod) {
            for status in Self.statuses(of: pod) {
                guard let waiting = status.element(at: "state.waiting"), let reason = waiting["reason"]?.string,
                    !["ContainerCreating", "PodInitializing"].contains(reason)
                else { continue }
                reasons.append(Self.joined(reason, waiting["message"]?.string))
            }
            if let refused = Self.conditions(of: pod).first(where: {
                $0["type"]?.string == "PodScheduled" && $0["status"]?.string == "False"
            }) {
                reasons.append(Self.joined(refused["reason"]?.string ?? "Unschedulable", refused["message"]?.string))
            }
        }
        let each = reasons.unique
        return each
            + (warning.map { text in each.contains { $0.contains(text) || text.contains($0) } ? [] : ["newest warning: \(text)"] } ?? [])
    }

    /// ``reasons`` as the end of a sentence: ` (ImagePullBackOff: …)`; empty if there are none.
    public var words: String { reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))" }

    /// The states of a pod's containers, those that prepare it first.
    public static func statuses(of pod: Value) -> [Value] {
        ["status.initContainerStatuses", "status.containerStatuses"].flatMap { pod.element(at: $0)?.elements ?? [] }
    }

    /// Whether a pod is ready, or has finished its work.
    public static func isReady(_ pod: Value) -> Bool {
        pod.element(at: "status.phase")?.string == "Succeeded"
            || conditions(of: pod).contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }
    }

    /// A selector as the API and kubectl take it: `app=web,tier=front`; nil for an object without one.
    public static func selector(of workload: Value) -> String? {
        guard case .map(let labels)? = workload.element(at: "spec.selector.matchLabels"), !labels.isEmpty else { return nil }
        return labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }.joined(separator: ",")
    }

    private static func conditions(of pod: Value) -> [Value] { pod.element(at: "status.conditions")?.elements ?? [] }
    private static func name(_ pod: Value) -> String? { pod.element(at: "metadata.name")?.string }
    private static func joined(_ reason: String, _ message: String?) -> String { message.map { "\(reason): \($0)" } ?? reason }

    /// Times of the API are in UTC and of one form: they sort as text.
    private static func time(of event: Value) -> String {
        ["series.lastObservedTime", "lastTimestamp", "eventTime", "metadata.creationTimestamp"].lazy
            .compactMap { event.element(at: $0)?.string }.first ?? ""
    }
}
