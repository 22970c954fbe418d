import MatrixCore

/// Looks instances up.
struct LinodeInstances: Sendable {
    let client: LinodeClient

    static let path = ["linode", "instances"]

    /// The instance with an id; nil if it is gone.
    func find(_ id: Int) async throws -> LinodeInstance? {
        try await client.find(Self.path + ["\(id)"]).flatMap(LinodeInstance.init)
    }

    /// The instance with a label. An account has at most one.
    func find(label: String) async throws -> LinodeInstance? {
        try await all(["label": .string(label)]).first { $0.label == label }
    }

    /// The instances with a tag.
    func all(tagged tag: String) async throws -> [LinodeInstance] {
        try await all(["tags": .string(tag)]).filter { $0.tags.contains(tag) }
    }

    /// The instances that match a filter; all without a filter.
    func all(_ filter: Value? = nil) async throws -> [LinodeInstance] {
        try await client.all(Self.path, filter: filter).compactMap(LinodeInstance.init)
    }
}
