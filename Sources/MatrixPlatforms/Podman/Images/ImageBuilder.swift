internal import MatrixCore

/// Makes images: pulls or bootstraps a base, and runs a recipe in a container of it.
///
/// Uses a container and `podman commit`, not `podman build`: a killed build leaves its working container, its folder in /var/tmp
/// and even the running installation behind, under meaningless names (seen with Podman 4.3).
struct ImageBuilder: Sendable {
    typealias Progress = @Sendable (String) -> Void

    /// A base image in the local storage.
    struct Base: Sendable {
        var name: String
        var id: String
    }

    let podman: Podman
    let facts: PodmanFacts
    let machine: LocalMachine
    let run: RunID?

    private static let tries = 3
    private static let limit: Duration = .seconds(1200)

    /// Brings the base image into the local storage.
    func base(_ source: ImageSource, recipe: ImageRecipe, progress: @escaping Progress) async throws -> Base {
        switch source {
        case .cached(let name, let id): return Base(name: name, id: id)
        case .registry(let name):
            progress("pulling \(name)")
            try await pull(name, progress: progress)
            return try await named(name)
        case .bootstrap(let suite):
            let name = recipe.baseTag(suite: suite)
            try await bootstrap(suite, recipe: recipe, as: name, progress: progress)
            return try await named(name)
        }
    }

    private func named(_ name: String) async throws -> Base {
        guard let id = try await podman.imageID(name) else {
            throw InfrastructureError("image \(name) is missing", why: "podman reported success, but does not have the image")
        }
        return Base(name: name, id: id)
    }

    private func pull(_ name: String, progress: Progress) async throws {
        try await retrying {
            _ = try await podman.require(["pull", "--quiet", name], "image \(name) could not be pulled", timeout: Self.limit)
        } pause: { error, attempt in
            guard let error = error as? InfrastructureError, error.isTransient, attempt < Self.tries else { return nil }
            progress("pulling \(name) again: \(error.why)")
            return Backoff(first: .seconds(1)).pause(before: attempt)
        }
    }

    // MARK: - Bootstrapping

    private func bootstrap(_ suite: String, recipe: ImageRecipe, as name: String, progress: @escaping Progress) async throws {
        progress("bootstrapping Debian \(suite) with mmdebstrap: no registry has it")
        try await withScratchFolder("\(machine.cache)/\(recipe.system.name).new") {
            let archive = "\(machine.cache)/\(recipe.system.name).new/base.tar"
            try await mmdebstrap(suite, recipe.apt, to: archive, progress: progress)
            try await podman.require(
                ["import", "--quiet", archive, name], "the bootstrapped \(suite) could not be imported into Podman", timeout: .seconds(300))
        }
    }

    private func mmdebstrap(_ suite: String, _ apt: AptConfiguration, to archive: String, progress: Progress) async throws {
        let options = apt.options.map { "--aptopt=\($0)" }
        let command = Command(
            ["mmdebstrap", "--variant=minbase", "--include=ca-certificates", "--format=tar"] + options + [suite, archive]
                + apt.sources(for: suite),
            timeout: Self.limit)
        let result = try await podman.runner.run(command) { line in
            if line.text.hasPrefix("I: ") { progress("mmdebstrap: \(line.text.dropFirst(3))") }
        }
        guard result.succeeded else {
            let failure = podman.runner.failure(of: command, result)
            throw InfrastructureError(
                "Debian \(suite) could not be bootstrapped", why: failure.lastLine,
                next: "check that this machine reaches its Debian mirror: sudo apt-get update", type: .imageBootstrap, command: failure)
        }
    }

    // MARK: - The layer

    /// Runs the recipe and saves the result as `name`. Always removes the container.
    func build(_ recipe: ImageRecipe, onto base: String, as name: String, progress: @escaping Progress) async throws {
        progress("building \(name)")
        let container = BuilderName(image: name, run: run).text
        try await removeLeftovers(of: name, besides: container)
        try await withCleanup {
            try await install(recipe, onto: base, in: container, progress: progress)
            let changes = ImageRecipe.changes.flatMap { ["--change", $0] }
            try await podman.require(
                ["commit", "--quiet"] + changes + [container, name], "the image of \(recipe.system.name) could not be saved",
                timeout: .seconds(300))
        } cleanup: {
            try? await remove(container)
        }
    }

    /// The caller holds the system's lock, so an existing builder was left by a killed process.
    private func removeLeftovers(of image: String, besides own: String) async throws {
        let all = try await podman.list(["ps", "--all", "--filter", "name=\(BuilderName.prefix)"], "containers could not be listed")
        for container in all.map(ListedContainer.init)
        where container.name == own || BuilderName.matches(container.name, image) && !container.isRunning {
            try await remove(container.name)
        }
    }

    private func remove(_ container: String) async throws {
        try await podman.require(["rm", "--force", "--volumes", "--ignore", container], "container \(container) could not be removed")
    }

    private func install(_ recipe: ImageRecipe, onto base: String, in container: String, progress: Progress) async throws {
        let options =
            facts.runtimeOptions + [
                "run", "--interactive", "--name", container, "--no-hosts", "--pull=never", "--user=root", "--entrypoint=",
                "--stop-timeout=0",
            ]
        let command = podman.command(
            options + facts.containerOptions + [base, "sh", "-s"], input: Array(recipe.script.utf8), timeout: Self.limit)
        let result = try await podman.runner.run(command) { line in
            if let news = Self.news(line.text) { progress("\(recipe.system.name): \(news)") }
        }
        guard result.succeeded else {
            throw podman.error(
                "the image of \(recipe.system.name) could not be built", command, result,
                next: Self.advice(on: result.errorOutput + result.output, recipe.system.packageManager, base: String(base.prefix(12))))
        }
    }

    /// What to do about a build that failed, by what it printed: only a mirror that is not reached is looked for in the network.
    static func advice(on output: String, _ manager: OperatingSystem.PackageManager, base: String) -> String {
        let networkWords = [
            "Temporary failure resolving", "Could not resolve", "Could not connect", "Failed to fetch", "Unable to connect",
            "Connection timed out", "Cannot download", "Failed to download metadata", "Curl error", "All mirrors were tried",
            "Cannot prepare internal mirrorlist", "404  Not Found",
        ]
        if networkWords.contains(where: output.contains) {
            return
                "check that containers reach the package mirror: "
                + "podman run --rm \(base) \(manager.rawValue) \(manager == .apt ? "update" : "makecache")"
        }
        if let missing = output.firstMatch(of: /(?:unit|Unit) (?:file )?([A-Za-z0-9@_.-]+) does not exist/)?.output.1 {
            return "the image has no unit \(missing): it is not what its system's family says; correct container: or family: of the system"
        }
        return "the last lines of its output name the step that failed; try it in the image: podman run --rm -it \(base) sh"
    }

    /// The progress lines of a package manager.
    private static func news(_ line: String) -> String? {
        let line = PlainText.clean(line)
        return ["Need to get", "Fetched", "Setting up", "Installing", "Downloading"].contains { line.hasPrefix($0) } ? line : nil
    }
}
