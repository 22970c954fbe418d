import MatrixCore

/// Lists the templates of systems, with the facts of their builds and their clones.
struct TemplateInventory: Sendable {
    let cluster: ProxmoxCluster

    /// For each system the newest first.
    func templates(of systems: [OperatingSystem]) async throws -> [ProxmoxTemplate] {
        let machines = try await cluster.machines()
        var found: [ProxmoxTemplate] = []
        for os in systems {
            for template in GuestTemplate.find(os, in: machines) {
                let notes = try await cluster.config(template.vmid, on: template.node).flatMap { TemplateNotes(MachineConfig($0)) }
                found.append(
                    ProxmoxTemplate(
                        vmid: template.vmid, node: template.node, name: template.name, os: os.name, checksum: notes?.checksum,
                        digest: notes?.digest,
                        built: notes?.built, clones: []))
            }
        }
        return found
    }

    /// The same with their linked clones. This reads the configuration of every machine.
    func templatesWithClones(of systems: [OperatingSystem]) async throws -> [ProxmoxTemplate] {
        var templates = try await templates(of: systems)
        for machine in try await cluster.machines() where !machine.isTemplate {
            guard let config = try await cluster.config(machine.vmid, on: machine.node).map(MachineConfig.init) else { continue }
            for index in templates.indices {
                // If the volume's name shows it: names of files do, of block volumes not.
                guard config.drives.values.contains(where: { $0.volume.contains("base-\(templates[index].vmid)-disk-") }) else { continue }
                templates[index].clones.append(machine.vmid)
            }
        }
        return templates
    }
}
