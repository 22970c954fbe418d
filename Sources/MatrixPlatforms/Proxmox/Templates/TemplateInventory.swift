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
            for index in templates.indices where config.isLinkedClone(of: templates[index].vmid, machine.vmid) {
                templates[index].clones.append(machine.vmid)
            }
        }
        return templates
    }
}

extension MachineConfig {
    /// Whether a drive is a linked clone of a template's disk, if the volume's name shows it: names of files do, of block volumes not.
    func isLinkedClone(of template: Int, _ own: Int) -> Bool {
        drives.values.contains { $0.volume.contains("base-\(template)-disk-") }
    }
}
