import MatrixCore

/// A region of Linode.
struct LinodeRegion: Sendable, Hashable {
    var id: String
    var capabilities: Set<String>
    var isUp: Bool

    /// Reads an element of `/regions`.
    init?(_ value: Value) {
        guard let id = value["id"]?.string else { return nil }
        self.id = id
        capabilities = Set(value["capabilities"]?.elements.compactMap(\.string) ?? [])
        isUp = value["status"]?.string ?? "ok" == "ok"
    }

    var hasLinodes: Bool { capabilities.contains("Linodes") }
    /// Whether machines get their user data there.
    var hasMetadata: Bool { capabilities.contains("Metadata") }
}

/// An image for Linodes.
struct LinodeImage: Sendable, Hashable {
    var id: String
    var capabilities: Set<String>
    var isDeprecated: Bool
    var isAvailable: Bool
    /// The disk space that it needs, in MB.
    var size: Int

    /// Reads an element of `/images`.
    init?(_ value: Value) {
        guard let id = value["id"]?.string, let size = (value["size"] ?? 0).count else { return nil }
        self.id = id
        self.size = size
        capabilities = Set(value["capabilities"]?.elements.compactMap(\.string) ?? [])
        isDeprecated = value["deprecated"] == .bool(true)
        isAvailable = value["status"]?.string ?? "available" == "available"
    }

    /// Whether it has cloud-init, which reads user data.
    var hasCloudInit: Bool { capabilities.contains("cloud-init") }
}
