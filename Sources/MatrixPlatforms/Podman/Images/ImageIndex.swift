internal import MatrixCore

/// The images in the local storage: listed once for all systems, instead of an inspection for each name that one could have.
actor ImageIndex {
    private let podman: Podman
    private let listings = SingleFlight<[String: String]>()
    private var round = 0

    init(podman: Podman) {
        self.podman = podman
    }

    /// The id of an image in the local storage, or nil.
    func id(of reference: String) async throws -> String? {
        // Podman completes a short name; the listing has only whole ones.
        guard let name = Self.wholeName(reference) else { return try await podman.imageID(reference) }
        return try await names()[name]
    }

    /// Lists again when next asked: an image was made.
    func forget() async {
        await listings.forget("\(round)")
        round += 1
    }

    private func names() async throws -> [String: String] {
        try await listings.value("\(round)") { [podman] _ in
            let images = try await podman.list(["images"], "images could not be listed")
            let pairs = images.flatMap { image in
                (image["Names"]?.elements ?? []).compactMap(\.string).map { ($0, image["Id"]?.string ?? "") }
            }
            return Dictionary(pairs) { first, _ in first }
        }
    }

    /// The name with its tag, as the listing has it; nil if it lacks the registry, or names a digest.
    static func wholeName(_ reference: String) -> String? {
        let parts = reference.split(separator: "/", omittingEmptySubsequences: false)
        guard let registry = parts.first, let last = parts.last, parts.count > 1, !reference.contains("@") else { return nil }
        guard registry == "localhost" || registry.contains(".") || registry.contains(":") else { return nil }
        // `docker.io/debian` is `docker.io/library/debian`.
        if registry == "docker.io", parts.count < 3 { return nil }
        return last.contains(":") ? reference : "\(reference):latest"
    }
}
