internal import MatrixCore

/// How a resource is written into Podman's labels and read back from them.
enum PodmanLabels {
    private static let runPrefix = "solti-matrix-run-"
    private static let cellKey = "solti-matrix-cell"
    private static let hostKey = "solti-matrix-host"
    private static let platformKey = "solti-matrix-platform"
    private static let expiresPrefix = "solti-matrix-expires-"

    /// The options that label what is made for a resource.
    static func options(for resource: Resource) -> [String] {
        var labels = [Resource.Tag.owner, Resource.Tag.run(resource.run)]
        if let date = resource.expires { labels.append(Resource.Tag.expires(date)) }
        labels += ["\(cellKey)=\(resource.cell)", "\(platformKey)=\(resource.platform)"]
        if let host = resource.host { labels.append("\(hostKey)=\(host)") }
        return labels.flatMap { ["--label", $0] }
    }

    /// The labels of an answer; empty if it has none.
    static func read(_ value: Value?) -> [String: String] {
        guard case .map(let members)? = value else { return [:] }
        return members.mapValues(\.text)
    }

    /// Whether labels say that something belongs to a run.
    static func belongs(_ labels: [String: String], to run: RunID) -> Bool {
        labels[Resource.Tag.owner] != nil && labels[Resource.Tag.run(run)] != nil
    }

    /// The labelled resource; nil if the labels are not ours.
    static func resource(_ labels: [String: String], kind: String, name: String, id: String) -> Resource? {
        guard labels[Resource.Tag.owner] != nil, let run = rest(of: runPrefix, in: labels).flatMap({ RunID(shown: $0) }) else { return nil }
        let date = rest(of: expiresPrefix, in: labels).flatMap { Timestamp(tag: $0) }
        return Resource(
            platform: labels[platformKey] ?? "podman", kind: kind, name: name, id: id, run: run, cell: labels[cellKey] ?? "",
            host: labels[hostKey],
            expires: date)
    }

    private static func rest(of prefix: String, in labels: [String: String]) -> String? {
        labels.keys.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
