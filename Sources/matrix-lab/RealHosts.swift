import MatrixCore
import MatrixRemote
package import MatrixTesting

/// The hosts behind a fake Linode's instances: containers as the `podman` platform starts them, of the images of the fakes' machines.
package enum RealHosts {
    /// Makes the bridge that they are on, after the images: no instance has to wait for one.
    ///
    /// - Parameters:
    ///   - systems: names of the catalogue; hosts can be had of no others.
    ///   - state: a state folder, absolute.
    package static func make(of systems: [String], state: String) async throws -> PodmanHosts {
        var images: [String: String] = [:]
        for system in systems { images[system] = try await GuestImages.shared.image(of: system).name }
        let runner = LocalTransport()
        let bridge = try await PodmanBridge.make(.find(state: state, runner: runner), runner: runner)
        return PodmanHosts(on: bridge, images: images)
    }
}
