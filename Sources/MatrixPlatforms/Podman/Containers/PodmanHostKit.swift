package import MatrixCore

/// Makes containers that are hosts, as the `podman` platform does, for other parts of this package: the tests' fakes.
package struct PodmanHostKit: Sendable {
    /// Options before the verb: `--runtime runc`.
    package let options: [String]
    /// Options of `podman create`: capabilities and limits.
    package let creation: [String]

    /// Detects what this machine's Podman needs.
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

    /// The image of a system for such hosts; made first if it does not exist. One process of this machine makes it, the others wait.
    ///
    /// - Parameters:
    ///   - packages: in addition to those of every host.
    ///   - progress: receives progress texts while the image is made.
    /// - Returns: its name in Podman's storage.
    package static func image(
        of system: OperatingSystem, packages: [String], state: String, runner: any Transport, progress: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        var settings = PodmanSettings()
        settings.packages = packages
        let context = PlatformContext(state: state, access: nil, runner: runner, redactor: Redactor())
        return try await PodmanPlatform(name: "podman", settings: settings, context: context).images.image(for: system, progress: progress)
            .name
    }
}
