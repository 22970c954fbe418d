import Foundation
import MatrixCore
import MatrixFile
import MatrixPlatforms
import MatrixRemote
package import MatrixTesting

/// The hosts behind a fake Linode's instances: containers as the `podman` platform starts them, of the images of the fakes' machines.
package enum RealHosts {
    /// Makes the bridge that they are on, after the images: no instance has to wait for one.
    ///
    /// - Parameters:
    ///   - systems: names of the catalogue; hosts can be had of no others.
    ///   - state: a state folder, absolute.
    ///   - say: is told of each system that only has a stand-in.
    package static func make(of systems: [String], state: String, say: (String) -> Void = { _ in }) async throws -> PodmanHosts {
        var images: [String: String] = [:]
        for system in systems {
            guard let image = SystemCatalogue.builtIn[system]?.linodeImage else {
                throw UsageError("there is no Linode image of \(system)", hint: "name a system of the catalogue, such as debian12")
            }
            let guest = try await GuestImages.shared.image(of: system)
            images[image] = guest.name
            if let standIn = guest.standIn { say("\(image) is a stand-in: \(standIn)") }
        }
        let runner = LocalTransport()
        let kit = try await PodmanHostKit.find(state: state, runner: runner)
        return try await PodmanHosts.make(PodmanHosts.Kit(options: kit.options, creation: kit.creation, images: images), runner: runner)
    }
}
