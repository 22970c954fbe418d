import MatrixCore
import MatrixRemote
import MatrixTesting

/// The container images of the lab's hosts.
struct LabImages {
    /// What Podman needs to make containers of them.
    let kit: PodmanBridge.Kit
    /// Podman's names for them, by system.
    let names: [String: String]
    /// What they really are, by system; those that are the system are not in it.
    let standIns: [String: String]

    /// Makes those that are not there yet, which takes minutes.
    ///
    /// - Parameters:
    ///   - systems: names of the catalogue.
    ///   - state: a state folder, absolute; what Podman needs is found out with it as for `matrix run`.
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
        guard let name = names[system] else { throw InfrastructureError("no host of \(system)", why: "the lab has none", isTransient: false) }
        return name
    }
}
