import MatrixCore
import MatrixRemote
package import MatrixTesting

/// The hosts of a fake Linode's instances: containers as the `podman` platform starts them, from the images of the fakes' machines.
package enum RealHosts {
    /// Makes their bridge, after the images: so no instance waits for an image.
    ///
    /// - Parameters:
    ///   - systems: names of the catalogue. Only these systems have hosts.
    ///   - state: a state folder, absolute.
    package static func make(of systems: [String], state: String) async throws -> PodmanHosts {
        var images: [String: String] = [:]
        for system in systems { images[system] = try await GuestImages.shared.image(of: system).name }
        let runner = LocalTransport()
        let bridge = try await PodmanBridge.make(.find(state: state, runner: runner), runner: runner)
        return PodmanHosts(on: bridge, images: images)
    }
}
