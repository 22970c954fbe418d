internal import MatrixCore

/// Switches a kept guest off and on.
struct GuestPower: Sendable {
    let settings: QemuSettings
    let launcher: GuestLauncher
    let network: GuestNetwork
    let creation: GuestCreation?
    let shelf: GuestShelf
    let shutdownLimit: Duration

    func turn(_ resource: Resource, on: Bool) async throws {
        guard shelf.isOurs(resource) == true, let known = shelf.read(resource.name, run: resource.run) else {
            throw InfrastructureError(
                "guest \(resource.name) could not be \(on ? "started" : "stopped")", why: "run \(resource.run) has no such guest",
                next: "see matrix status", type: .qemu, isTransient: false)
        }
        if on { try await start(known) } else { try await stop(known) }
    }

    private func start(_ resource: Resource) async throws {
        guard try launcher.processes(of: resource).isEmpty, let creation else { return }
        if let name = resource.details["network"], let cell = shelf.read(name, run: resource.run) { try await network.restart(cell) }
        try await creation.start(resource)
    }

    /// As by its power button; a guest that does not listen is switched off.
    private func stop(_ resource: Resource) async throws {
        let end = ContinuousClock.now + .seconds(shutdownLimit.inSeconds * settings.acceleration.patience)
        let folder = shelf.folder(of: resource)
        while try !launcher.processes(of: resource).isEmpty, ContinuousClock.now < end {
            // Again and again: a guest that boots does not listen yet.
            guard (try? await launcher.control.ask(folder, .powerDown, .seconds(5))) != nil else { break }
            let next = min(end, ContinuousClock.now + .seconds(5))
            while ContinuousClock.now < next, try !launcher.processes(of: resource).isEmpty {
                try await Task.sleep(for: .milliseconds(500))
            }
        }
        try await launcher.end(resource)
    }
}
