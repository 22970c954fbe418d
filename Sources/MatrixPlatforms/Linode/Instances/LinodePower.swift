import MatrixCore

/// Switches an instance on or off, and waits until the state is reached.
struct LinodePower: Sendable {
    let client: LinodeClient
    let resource: Resource

    func turn(on: Bool) async throws {
        try await linode("switching \(resource.name) \(on ? "on" : "off")") {
            guard let id = Int(resource.id), let instance = try await client.instance(id) else { throw gone }
            guard instance.isOurs(resource) else {
                throw InfrastructureError(
                    "Linode \(id)", why: "it is not an instance of run \(resource.run)", type: .linodeForeign, isTransient: false)
            }
            guard isThere(instance, on) == false else { return }
            _ = try await client.send(LinodeRequest(.post, LinodeInstance.path + ["\(id)", on ? "boot" : "shutdown"]))
            try await wait(for: id, on)
        }
    }

    private func isThere(_ instance: LinodeInstance, _ on: Bool) -> Bool { on ? instance.status == "running" : instance.isOff }

    private func wait(for id: Int, _ on: Bool) async throws {
        let begun = ContinuousClock.now
        for look in 1... {
            guard let instance = try await client.instance(id) else { throw gone }
            if isThere(instance, on) { return }
            guard ContinuousClock.now - begun < client.pace.bootPatience else {
                throw InfrastructureError(
                    "switching \(resource.name) \(on ? "on" : "off")",
                    why: "Linode \(id) is still \(instance.status) after \(client.pace.bootPatience.brief)",
                    type: .linodePower)
            }
            try await Task.sleep(for: client.pace.poll.pause(before: look))
        }
    }

    private var gone: InfrastructureError {
        InfrastructureError(
            "Linode \(resource.id) (\(resource.name))",
            why: "it does not exist any more", type: .linodeGone, isTransient: false)
    }
}
