import Foundation
import MatrixCore
import MatrixFile
import MatrixPlatforms
import MatrixRemote
package import MatrixTesting

/// The hosts behind a fake Linode's instances: containers of the images that the `podman` platform makes.
package enum RealHosts {
    /// Makes the bridge that they are on; an image is made when the first host needs it.
    ///
    /// - Parameter state: a state folder, absolute; images are cached by it as for `matrix run`.
    package static func make(state: String) async throws -> PodmanHosts {
        let images = try await LabImages.find(state: state)
        let bridge = try await PodmanBridge.make(images.kit, runner: LocalTransport())
        return PodmanHosts(on: bridge) { try await images.image(linode: $0) }
    }
}
