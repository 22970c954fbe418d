internal import MatrixCore

/// Finds or makes the image of each system: once for all cells, once for all processes of an account.
struct ImageStore: Sendable {
    let settings: PodmanSettings
    let podman: Podman
    let probe: PodmanProbe
    let machine: LocalMachine
    /// The run for which an image is made: what a killed build leaves is found by its id.
    let run: RunID?
    let registries: RegistryProbe
    private let containers: PodmanListing<ListedContainer>
    private let index: ImageIndex
    private let images = SingleFlight<HostImage>()
    private let configuration = SingleFlight<AptConfiguration>()

    /// - Parameter containers: is told that an image is made, in a container.
    init(
        settings: PodmanSettings, podman: Podman, probe: PodmanProbe, machine: LocalMachine, run: RunID?,
        containers: PodmanListing<ListedContainer>
    ) {
        self.settings = settings
        self.podman = podman
        self.probe = probe
        self.machine = machine
        self.run = run
        self.containers = containers
        registries = RegistryProbe(podman: podman, limit: settings.registryTimeout)
        index = ImageIndex(podman: podman)
    }

    /// The image of a system; made first if it does not exist.
    ///
    /// - Throws: `InfrastructureError`.
    func image(for system: OperatingSystem, progress: @escaping @Sendable (String) -> Void) async throws -> HostImage {
        try await images.value(system.name, progress: progress) { progress in
            try makeFolder(machine.cache)
            if let image = try await existing(system) { return image }
            return try await FileLock.withLock("\(machine.cache)/\(system.name).lock", within: .seconds(3600)) {
                progress("another process makes the image of \(system.name); waiting for it")
            } _: {
                // Another process may have made it until now.
                await index.forget()
                return try await containers.changing { try await make(system, progress: progress) }
            }
        }
    }

    /// The image of a system, if it and its base are in the local storage.
    private func existing(_ system: OperatingSystem) async throws -> HostImage? {
        let recipe = await recipe(for: system)
        guard case .cached(let base, let id) = try await source(for: system, recipe: recipe) else { return nil }
        let name = recipe.tag(onto: id)
        return try await index.id(of: name).map { HostImage(name: name, id: $0, base: base) }
    }

    /// What the image of a system must be made of before its first host. Nil if it is there, if no source has it, and if the registry
    /// may have a newer base, as `pull: always` finds out in the run.
    func baseToBuild(_ system: OperatingSystem) async -> String? {
        guard settings.pull != .always else { return nil }
        do {
            if try await existing(system) != nil { return nil }
            return try await source(for: system, recipe: recipe(for: system)).name
        } catch { return nil }
    }

    private func make(_ system: OperatingSystem, progress: @escaping @Sendable (String) -> Void) async throws -> HostImage {
        let recipe = await recipe(for: system)
        let source = try await source(for: system, recipe: recipe)
        let builder = ImageBuilder(podman: podman, facts: try await probe.facts(), machine: machine, run: run)
        let base = try await builder.base(source, recipe: recipe, progress: progress)
        let name = recipe.tag(onto: base.id)
        await index.forget()
        if let id = try await index.id(of: name) { return HostImage(name: name, id: id, base: base.name) }
        try await builder.build(recipe, onto: base.id, as: name, progress: progress)
        await index.forget()
        guard let id = try await index.id(of: name) else {
            throw InfrastructureError(
                "the image of \(system.name) was not made", why: "podman commit succeeded, but there is no image \(name)")
        }
        return HostImage(name: name, id: id, base: base.name)
    }

    /// The recipe of a system, with this machine's mirror.
    func recipe(for system: OperatingSystem) async -> ImageRecipe {
        let apt = try? await configuration.value("apt") { _ in await AptConfiguration.current(machine, runner: podman.runner) }
        return ImageRecipe(system: system, extraPackages: settings.packages, apt: apt ?? AptConfiguration())
    }

    /// Where to get a system's base image.
    ///
    /// - Throws: `InfrastructureError` of type `matrix.image.unavailable` if no source has it.
    func source(for system: OperatingSystem, recipe: ImageRecipe) async throws -> ImageSource {
        let image = settings.images[system.name] ?? system.containerImage
        let isGiven = isGiven(system)
        var reasons: [String] = []
        if let image {
            if settings.pull != .always, let id = try await index.id(of: image) { return .cached(image, id: id) }
            if !isGiven, let here = try await bootstrapped(system, recipe) { return here }
            switch await askRegistry(for: image) {
            case nil: return .registry(image)
            case let reason?: reasons.append(reason)
            }
        } else {
            reasons.append("the catalogue names no container image for \(system.name)")
        }
        if !isGiven, let suite = system.debianSuite {
            if let here = try await bootstrapped(system, recipe) { return here }
            if machine.finds("mmdebstrap") { return .bootstrap(suite: suite) }
        }
        throw unavailable(system, image: image, because: reasons)
    }

    /// Whether the user names the image: a bootstrapped one is then no substitute.
    private func isGiven(_ system: OperatingSystem) -> Bool {
        settings.images[system.name] != nil || system.isContainerImageGiven
    }

    private func bootstrapped(_ system: OperatingSystem, _ recipe: ImageRecipe) async throws -> ImageSource? {
        guard settings.pull != .always, let suite = system.debianSuite else { return nil }
        let name = recipe.baseTag(suite: suite)
        return try await index.id(of: name).map { .cached(name, id: $0) }
    }

    /// Why an image cannot be pulled; nil if it can.
    private func askRegistry(for image: String) async -> String? {
        let registry = RegistryProbe.registry(of: image)
        if registry == "localhost" { return "\(image) is not in the local storage" }
        if settings.pull == .never { return "\(image) is not in the local storage, and pull is never" }
        switch await registries.answer(for: image) {
        case .has: return nil
        case .refuses(let why): return "\(registry) refuses \(image): \(why)"
        case .silent(let why): return "no container registry answers (\(registry): \(why))"
        }
    }

    private func unavailable(_ system: OperatingSystem, image: String?, because reasons: [String]) -> InfrastructureError {
        let why = reasons.joined(separator: "; ")
        let isDebian = system.debianSuite != nil && !isGiven(system)
        let cannot = isDebian ? "mmdebstrap is not installed to bootstrap \(system.name)" : "\(system.name) cannot be bootstrapped here"
        let bring =
            image.map { "run on a machine that reaches its registry, or `podman load` \($0)" }
            ?? "name its image in the platform's settings"
        return InfrastructureError(
            "no image of \(system.name)", why: "\(why) and \(cannot)",
            next: isDebian ? "sudo apt-get install mmdebstrap, or \(bring)" : bring, type: Self.unavailableType, isTransient: false)
    }

    /// The type of the errors that `unavailable:` decides about.
    static let unavailableType = ProblemType.imageUnavailable
}

/// Where the base image of a system comes from.
enum ImageSource: Sendable, Hashable {
    /// It is in the local storage, under this name and id.
    case cached(String, id: String)
    /// A registry has it.
    case registry(String)
    /// No registry has it: it is bootstrapped from the Debian mirror.
    case bootstrap(suite: String)

    /// `docker.io/library/debian:12`, `debian bookworm by mmdebstrap`.
    var name: String {
        switch self {
        case .cached(let name, _), .registry(let name): name
        case .bootstrap(let suite): "debian \(suite) by mmdebstrap"
        }
    }
}

/// An image whose containers are hosts.
struct HostImage: Sendable, Hashable {
    /// `localhost/solti-matrix/debian12:0123456789ab`.
    var name: String
    var id: String
    /// What it was made of: a registry's name, or `debian bookworm by mmdebstrap`.
    var base: String
}
