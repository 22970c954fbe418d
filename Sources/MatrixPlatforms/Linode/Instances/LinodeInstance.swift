import MatrixCore

/// A Linode, as the API returns it.
struct LinodeInstance: Sendable, Hashable {
    var id: Int
    var label: String
    /// `provisioning`, `booting`, `running`, `offline`, ….
    var status: String
    var tags: Set<String>
    var addresses: [String]
    /// What the reply lists as addresses and is none.
    var unreadableAddresses: [String]
    var region: String
    var type: String

    /// Nil if the id or the label cannot be one, so that nothing can be said of the instance, least of all that it is gone.
    init?(_ value: Value) {
        let label = value["label"]?.string ?? ""
        guard let id = value["id"].flatMap({ Int($0.text) }), id > 0, label.isEmpty || HostGrammar.isName(label) else { return nil }
        self.id = id
        self.label = label
        status = value["status"]?.string ?? "unknown"
        region = value["region"]?.string ?? ""
        type = value["type"]?.string ?? ""
        tags = Set(value["tags"]?.elements.compactMap(\.string) ?? [])
        let listed = value["ipv4"]?.elements.compactMap(\.string) ?? []
        addresses = listed.filter(HostGrammar.isIPAddress)
        unreadableAddresses = listed.filter { !HostGrammar.isIPAddress($0) }
    }

    /// The first public IPv4 address: 192.168.128.0/17 is the private network of the regions.
    var publicAddress: String? { addresses.first { !Self.isPrivate($0) } }

    static func isPrivate(_ address: String) -> Bool {
        let parts = address.split(separator: ".").compactMap { Int($0) }
        return parts.count == 4 && parts[0] == 192 && parts[1] == 168 && parts[2] >= 128
    }
}

/// The marks that show which run an instance belongs to.
extension LinodeInstance {
    private static let runPrefix = "\(Resource.Tag.owner)-run-"
    private static let expiryPrefix = "\(Resource.Tag.owner)-expires-"

    /// The tags that a resource of ours gets.
    static func tags(of resource: Resource, and extra: [String] = []) -> [String] {
        let ours = [Resource.Tag.owner, Resource.Tag.run(resource.run)] + (resource.expires.map { [Resource.Tag.expires($0)] } ?? [])
        return ours + extra.filter { !ours.contains($0) }
    }

    /// The run that it belongs to; nil if it is not ours.
    var run: RunID? { tags.filter { $0.hasPrefix(Self.runPrefix) }.min().flatMap { RunID(shown: $0.dropFirst(Self.runPrefix.count)) } }

    /// Whether it is the resource's instance: by the run's tag or, if somebody removed the tag, by id and name together.
    func isOurs(_ resource: Resource) -> Bool {
        if let run { return run == resource.run }
        return "\(id)" == resource.id && label == resource.name
    }

    /// The resource for this instance.
    func resource(on platform: String, of run: RunID) -> Resource {
        let expires = tags.filter { $0.hasPrefix(Self.expiryPrefix) }.compactMap {
            Timestamp(tag: String($0.dropFirst(Self.expiryPrefix.count)))
        }.max()
        let host = label.hasSuffix("-\(run)") ? String(label.dropLast(run.value.count + 1)) : nil
        return Resource(
            platform: platform, kind: Self.kind, name: label, id: "\(id)", run: run, cell: "", host: host, expires: expires,
            details: ["region": region, "type": type])
    }

    /// What cannot be read may be ours: it must not count as gone.
    static func unreadable(_ value: Value, _ path: [String]) -> LinodeFault {
        let words = "id \((value["id"] ?? .null).json), label \((value["label"] ?? .null).json)"
        return LinodeFault(
            LinodeRequest(.get, path), status: 200, "the reply has an instance that cannot be read: \(PlainText.clipped(words, to: 200))",
            .fatal)
    }

    static let kind = "instance"
    static let path = ["linode", "instances"]
}

/// Makes valid Linode labels: a letter first, no double dashes, at most 64 characters.
enum LinodeLabel {
    static func of(_ name: String) -> String {
        var label = name
        while label.contains("--") { label = label.replacing("--", with: "-") }
        if label.first?.isLetter != true { label = "h\(label)" }
        return label
    }
}

extension LinodeClient {
    /// The instance with an id; nil if it is gone.
    ///
    /// - Throws: `LinodeFault` also if the reply is not about this instance: then nothing is known of it.
    func instance(_ id: Int) async throws -> LinodeInstance? {
        let path = LinodeInstance.path + ["\(id)"]
        guard let value = try await find(path) else { return nil }
        guard let instance = LinodeInstance(value), instance.id == id else { throw LinodeInstance.unreadable(value, path) }
        return instance
    }

    /// The instance with a label. An account has at most one.
    func instance(label: String) async throws -> LinodeInstance? {
        try await instances(["label": .string(label)]).first { $0.label == label }
    }

    /// The instances that match a filter; all without a filter.
    func instances(_ filter: Value? = nil) async throws -> [LinodeInstance] {
        try await all(LinodeInstance.path, filter: filter).map { value in
            guard let instance = LinodeInstance(value) else { throw LinodeInstance.unreadable(value, LinodeInstance.path) }
            return instance
        }
    }
}
