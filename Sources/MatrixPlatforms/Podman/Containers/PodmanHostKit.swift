package import MatrixCore

/// What other parts of this package need to make containers that are hosts, as the `podman` platform does: the tests' fakes.
package struct PodmanHostKit: Sendable {
    /// Before the verb: `--runtime runc`.
    package let options: [String]
    /// Of `podman create`: capabilities and limits.
    package let creation: [String]

    /// Finds out what this machine's Podman needs.
    ///
    /// - Parameters:
    ///   - state: a state folder, absolute.
    ///   - runner: runs `podman` on this machine.
    package static func find(state: String, runner: any Transport) async throws -> PodmanHostKit {
        let context = PlatformContext(state: state, access: nil, runner: runner, redactor: Redactor())
        let platform = PodmanPlatform(name: "podman", settings: PodmanSettings(), context: context)
        let facts = try await platform.probe.facts()
        return PodmanHostKit(
            options: facts.runtimeOptions, creation: ["--cap-add", facts.capabilities.joined(separator: ",")] + facts.containerOptions)
    }

    /// The image of a system for such hosts, made first if it is not there; one process of this machine makes it while others wait.
    ///
    /// - Parameters:
    ///   - packages: beside those of every host.
    ///   - progress: told what is going on while it is made.
    /// - Returns: its name in Podman's storage.
    package static func image(
        of system: OperatingSystem, packages: [String], state: String, runner: any Transport, progress: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        var settings = PodmanSettings()
        settings.packages = packages
        let context = PlatformContext(state: state, access: nil, runner: runner, redactor: Redactor())
        return try await PodmanPlatform(name: "podman", settings: settings, context: context).images.image(for: system, progress: progress).name
    }
}
