internal import MatrixCore

/// Asks registries, once each and within a time limit, whether they answer and have an image.
actor RegistryProbe {
    /// What a registry says about an image.
    enum Answer: Sendable, Hashable {
        case has
        /// It answers, but not with this image.
        case refuses(String)
        /// Nothing answers.
        case silent(String)
    }

    private let podman: Podman
    private let limit: Duration
    private var registries: [String: Task<Answer, Never>] = [:]
    private var images: [String: Task<Answer, Never>] = [:]

    init(podman: Podman, limit: Duration) {
        self.podman = podman
        self.limit = limit
    }

    /// Whether a registry has an image. A registry that did not answer is not asked again.
    func answer(for image: String) async -> Answer {
        if let known = images[image] { return await known.value }
        let registry = Self.registry(of: image)
        guard let first = registries[registry] else {
            let task = Task { await self.ask(image) }
            registries[registry] = task
            images[image] = task
            return await task.value
        }
        if case .silent(let why) = await first.value { return .silent(why) }
        let task = images[image] ?? Task { await self.ask(image) }
        images[image] = task
        return await task.value
    }

    /// Forgets which registries did not answer, before a retry.
    func forgetSilence() async {
        for (registry, task) in registries {
            guard case .silent = await task.value else { continue }
            registries[registry] = nil
            images = images.filter { Self.registry(of: $0.key) != registry }
        }
    }

    /// Reads only the manifest. Podman itself asks, so that its mirrors, logins and certificates apply.
    private func ask(_ image: String) async -> Answer {
        do {
            let result = try await podman.run(["manifest", "inspect", image], timeout: limit)
            if result.succeeded { return .has }
            let text = result.errorOutput
            // Some versions of Podman refuse to print the manifest of an image for a single architecture.
            if text.contains("manifest type") || text.contains("not a manifest list") { return .has }
            return PodmanFault.isRegistrysAnswer(text) ? .refuses(PodmanFault.brief(text)) : .silent(PodmanFault.brief(text))
        } catch let error as InfrastructureError {
            return .silent(error.why.contains("no answer") ? error.why : "no answer in \(limit.brief)")
        } catch {
            return .silent("not asked")
        }
    }

    /// The registry's host in an image name: the part before the first slash, if it looks like a host.
    static func registry(of image: String) -> String {
        guard let slash = image.firstIndex(of: "/") else { return "localhost" }
        let host = String(image[..<slash])
        return host.contains(".") || host.contains(":") || host == "localhost" ? host : "localhost"
    }
}
