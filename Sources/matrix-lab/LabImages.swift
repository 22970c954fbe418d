import Foundation
import MatrixCore
import MatrixFile
import MatrixPlatforms
import MatrixRemote
import MatrixTesting

/// The container images of the lab's hosts, each made once, when the first host needs it.
actor LabImages {
    /// What Podman needs to make containers of them.
    nonisolated let kit: PodmanBridge.Kit
    /// A certification authority that they trust; nil for none beside the distribution's.
    private let authority: String?
    private var making: [String: Task<String, any Error>] = [:]

    private init(_ host: PodmanHostKit, authority: String?) {
        self.authority = authority
        kit = PodmanBridge.Kit(options: host.options, creation: host.creation)
    }

    /// Finds out what this machine's Podman needs.
    ///
    /// - Parameters:
    ///   - state: a state folder, absolute; images are cached by it as for `matrix run`.
    ///   - authority: the path of a certificate.
    static func find(state: String, authority: String? = nil) async throws -> LabImages {
        LabImages(try await PodmanHostKit.find(state: state, runner: LocalTransport()), authority: authority)
    }

    /// - Parameter name: as Linode calls it: `linode/debian12`.
    func image(linode name: String) async throws -> String {
        guard let system = SystemCatalogue.builtIn.values.first(where: { $0.linodeImage == name }) else {
            throw InfrastructureError("no host of \(name)", why: "the catalogue of systems does not know it", isTransient: false)
        }
        return try await image(of: system.name)
    }

    /// - Parameter system: as the catalogue calls it: `debian12`.
    func image(of system: String) async throws -> String {
        let task = making[system] ?? Task { try await make(system) }
        making[system] = task
        do { return try await task.value } catch {
            making[system] = nil
            throw error
        }
    }

    private func make(_ system: String) async throws -> String {
        let guest = try await GuestImages.shared.image(of: system)
        return try await LabLayer(kit: kit, authority: authority, runner: LocalTransport()).image(on: guest.name)
    }
}
