import MatrixCore

/// Lists the templates of systems, with the facts of their builds and their clones.
struct TemplateInventory: Sendable {
    let cluster: ProxmoxCluster
    let settings: ProxmoxSettings

    /// For each system the newest first.
    func templates(of systems: [OperatingSystem]) async throws -> [ProxmoxTemplate] {
        let machines = try await cluster.machines()
        var found: [ProxmoxTemplate] = []
        for os in systems {
            let templates = try await TemplateFinder(cluster: cluster).templates(of: os, in: machines)
            for template in templates {
                let notes = try await cluster.config(template.vmid, on: template.node).flatMap { TemplateNotes(MachineConfig($0)) }
                found.append(ProxmoxTemplate(template, os: os, notes))
            }
        }
        return found
    }

    /// The same with what a run clones, and with their linked clones. This reads the configuration of every machine.
    func templatesWithClones(of systems: [OperatingSystem]) async throws -> [ProxmoxTemplate] {
        var templates = try await templates(of: systems)
        let machines = try await cluster.machines()
        for os in systems { try await mark(&templates, os, machines) }
        for machine in machines where !machine.isTemplate {
            guard let config = try await cluster.config(machine.vmid, on: machine.node).map(MachineConfig.init) else { continue }
            for index in templates.indices {
                // If the volume's name shows it: names of files do, of block volumes not.
                guard config.drives.values.contains(where: { $0.volume.contains("base-\(templates[index].vmid)-disk-") }) else { continue }
                templates[index].clones.append(machine.vmid)
            }
        }
        return templates
    }

    /// Marks the templates of one system that a run clones.
    private func mark(_ templates: inout [ProxmoxTemplate], _ os: OperatingSystem, _ machines: [Machine]) async throws {
        let chosen = try await TemplateFinder(cluster: cluster).templates(of: os, settings.templates, in: machines)
        let placements = try await Placements(cluster: cluster, settings: settings).all(of: chosen, on: settings.nodes)
        for index in templates.indices where templates[index].os == os.name {
            if let placement = placements.first(where: { $0.template.vmid == templates[index].vmid }) {
                templates[index].isCloned = true
                templates[index].reason = settings.templates.reason(for: placement.template, among: chosen)
            } else {
                templates[index].reason = reason(against: placements.map(\.template), on: templates[index].node)
            }
        }
    }

    private func reason(against cloned: [GuestTemplate], on node: String) -> String {
        if case .pinned(let name) = settings.templates { return "templates: \(name) selects another" }
        guard let other = cloned.first(where: { $0.node == node }) ?? cloned.first else { return "no node can clone it" }
        return "\(other.vmid) is newer"
    }
}
