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
}
