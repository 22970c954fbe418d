import MatrixCore
import MatrixRemote
import MatrixTesting

/// The container images of the lab's hosts.
struct LabImages {
    /// The options that Podman needs to run them.
    let kit: PodmanBridge.Kit
    /// Their names in Podman, by system.
    let names: [String: String]
    /// The real systems of stand-ins, by system. Images that are the system itself are not in it.
    let standIns: [String: String]

    /// Makes the missing images, which takes minutes.
    ///
    /// - Parameters:
    ///   - systems: names of the catalogue.
    ///   - state: the absolute path of a state folder, to find out what Podman needs as `matrix run` does.
    ///   - authority: the path of the certificate of an authority that the hosts trust.
    static func make(of systems: [String], state: String, authority: String?) async throws -> LabImages {
        let runner = LocalTransport()
        let kit = try await PodmanBridge.Kit.find(state: state, runner: runner)
        var (names, standIns): ([String: String], [String: String]) = ([:], [:])
        for system in systems {
            let guest = try await GuestImages.shared.image(of: system)
            names[system] = try await LabLayer(kit: kit, authority: authority, runner: runner).image(on: guest.name)
            standIns[system] = guest.standIn
        }
        return LabImages(kit: kit, names: names, standIns: standIns)
    }

    func name(of system: String) throws -> String {
        guard let name = names[system] else {
            throw InfrastructureError("no host of \(system)", why: "the lab has none", isTransient: false)
        }
        return name
    }
}
