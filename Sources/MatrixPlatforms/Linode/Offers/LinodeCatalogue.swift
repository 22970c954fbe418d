import MatrixCore

/// What Linode offers: types with prices, regions, images, and types without capacity in a region. Each list is read once.
struct LinodeCatalogue: Sendable {
    let client: LinodeClient
    let settings: LinodeSettings
    private let lists = SingleFlight<[Value]>()

    func types() async throws -> [LinodeType] { try await list(["linode", "types"]).compactMap(LinodeType.init) }

    func regions() async throws -> [LinodeRegion] { try await list(["regions"]).compactMap(LinodeRegion.init) }

    /// The available images. Anyone may list the public ones, but not with a token that lacks the scope for images.
    func images() async throws -> [LinodeImage] {
        let isAnonymous = client.scopes.map { !$0.allowsReading("images") } ?? true
        let values = try await lists.value("images \(isAnonymous)") { [client] _ in
            try await client.all(["images"], isAnonymous: isAnonymous)
        }
        return values.compactMap(LinodeImage.init)
    }

    /// The types for which a region has no capacity at present, by region; none if a gateway does not know the call.
    func shortages() async throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        do {
            for entry in try await list(["regions", "availability"]) where entry["available"] == .bool(false) {
                if let region = entry["region"]?.string, let plan = entry["plan"]?.string { found[region, default: []].insert(plan) }
            }
        } catch let fault as LinodeFault where fault.isUnknownCall {}
        return found
    }

    private func list(_ path: [String]) async throws -> [Value] {
        try await lists.value(path.joined(separator: "/")) { [client] _ in try await client.whole(path) }
    }
}
