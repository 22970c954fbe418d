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
        let runner = LocalTransport()
        let kit = try await PodmanHostKit.find(state: state, runner: runner)
        let recipe = PodmanHosts.Kit(options: kit.options, creation: kit.creation) { image in
            guard let system = SystemCatalogue.builtIn.values.first(where: { $0.linodeImage == image }) else {
                throw InfrastructureError("no host of \(image)", why: "the catalogue of systems does not know it", isTransient: false)
            }
            return try await kit.image(for: system)
        }
        return try await PodmanHosts.make(recipe, runner: runner)
    }
}
