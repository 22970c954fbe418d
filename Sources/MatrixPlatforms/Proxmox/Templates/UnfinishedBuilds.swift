import MatrixCore

/// The machines of unfinished template builds: their process died, or another state folder is still building.
struct UnfinishedBuilds: Sendable {
    let os: OperatingSystem
    /// The id of this state folder. This process holds its build lock, so a machine with this id has no living owner.
    let state: String
    let cluster: ProxmoxCluster
    let claims: ProxmoxClaims
    let removal: MachineRemoval

    /// Removes the machines that no process builds any more.
    func removeDead(say: (String) -> Void) async throws {
        for found in try await all() where found.build.state == state || found.build.expires <= .wall {
            say("removing VM \(found.machine.vmid) of an unfinished build")
            try await removal.remove(Ownership.resource(found.machine, found.config, platform: "proxmox", run: found.build.run))
        }
        // Their servers' workers died, too. If one cannot be removed, a new template can still be built: matrix reap lists it.
        for dead in try await claims.deadBuilds() where dead.name == TemplateHardware.name(of: os) {
            if try await cluster.find(dead.vmid, first: nil) != nil { say("removing VM \(dead.vmid) of an unfinished build") }
            do { try await removal.remove(dead.resource(platform: "proxmox")) } catch {
                say("\(error)")
            }
        }
    }

    /// Waits while another state folder, here or on another machine, builds the same template.
    func waitForOthers(_ same: (TemplateNotes) -> Bool, say: (String) -> Void) async throws {
        for look in 1... {
            let others = try await all().filter { $0.build.state != state && $0.build.expires > .wall && same($0.notes) }
            guard let other = others.first else { return }
            if look == 1 { say("waiting for VM \(other.machine.vmid): \(other.build.run) builds the same template") }
            try await Task.sleep(for: cluster.client.pace.poll.pause(before: look))
        }
    }

    private struct Found {
        var machine: Machine
        var config: Value
        var notes: TemplateNotes
        var build: TemplateNotes.Build
    }

    private func all() async throws -> [Found] {
        var found: [Found] = []
        for machine in try await cluster.machines()
        where machine.name == TemplateHardware.name(of: os) && TemplateNotes.mayBeUnfinished(machine) {
            guard let config = try await cluster.config(machine.vmid, on: machine.node), let notes = TemplateNotes(MachineConfig(config)),
                let build = TemplateNotes.unfinishedBuild(MachineConfig(config))
            else { continue }
            found.append(Found(machine: machine, config: config, notes: notes, build: build))
        }
        return found
    }
}
