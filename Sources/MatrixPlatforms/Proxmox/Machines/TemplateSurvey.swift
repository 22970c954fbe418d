import MatrixCore

/// Checks the templates of cells before anything is created: missing ones, the nodes they reach, the settings that clones inherit.
struct TemplateSurvey: Sendable {
    /// The findings.
    struct Findings: Sendable {
        var placements: [Placement] = []
        /// The same by system.
        var bySystem: [String: [Placement]] = [:]
        /// The templates' configurations by VMID.
        var configs: [Int: MachineConfig] = [:]
        var problems: [PreflightProblem] = []
        /// Whether a template is built before its cells start.
        var builds = false

        /// The templates, each once.
        var templates: [GuestTemplate] { Array(Set(placements.map(\.template))).sorted { $0.vmid < $1.vmid } }
    }

    let cluster: ProxmoxCluster
    let settings: ProxmoxSettings
    /// Whether missing templates are built.
    let mayBuild: Bool

    /// - Parameter nodes: those of the settings that are online.
    func findings(_ cells: [CellPlan], on nodes: [String]) async throws -> Findings {
        let machines = try await ProxmoxCluster(client: cluster.client, nodes: nodes).machines()
        var findings = Findings()
        for (name, cells) in Dictionary(grouping: cells, by: \.os.name).sorted(by: { $0.key < $1.key }) {
            guard let os = cells.first?.os else { continue }
            let templates = try await TemplateFinder(cluster: cluster).templates(of: os, settings.templates, in: machines)
            let placements = try await Placements(cluster: cluster, settings: settings).all(of: templates, on: nodes)
            findings.placements += placements
            findings.bySystem[name] = placements
            if placements.isEmpty {
                note(missing: name, os, cells, in: &findings)
            } else {
                note(unreached: name, cells, placements, nodes, in: &findings)
            }
        }
        for template in findings.templates {
            guard let config = try await cluster.config(template.vmid, on: template.node).map(MachineConfig.init) else { continue }
            findings.configs[template.vmid] = config
            note(inherited: template, config, in: &findings)
        }
        return findings
    }

    private func note(missing name: String, _ os: OperatingSystem, _ cells: [CellPlan], in findings: inout Findings) {
        let names = cells.map(\.name)
        if case .pinned(let pin) = settings.templates {
            findings.problems.append(PreflightProblem(.error, cells: names, "there is no template \(pin)"))
        } else if mayBuild, os.imageURL != nil {
            findings.builds = true
            findings.problems.append(PreflightProblem(.warning, cells: names, "there is no template of \(name): it is built first"))
        } else {
            findings.problems.append(
                PreflightProblem(
                    .unavailable, cells: names, "there is no template of \(name)",
                    next: "matrix template build --os \(name) --platform matrices/platforms/proxmox.yml"))
        }
    }

    /// A node that no template reaches gets no machines. That is a warning, not an error.
    private func note(
        unreached name: String, _ cells: [CellPlan], _ placements: [Placement], _ nodes: [String], in findings: inout Findings
    ) {
        for node in nodes where !placements.contains(where: { $0.node == node }) {
            let there = placements.map { "\($0.template.name) (\($0.template.vmid) on \($0.template.node))" }.joined(separator: ", ")
            findings.problems.append(
                PreflightProblem(
                    .warning, cells: cells.map(\.name),
                    "node \(node) gets no machines of \(name): the disks of \(there) are not on shared storage",
                    next: "matrix template build --os \(name) --node \(node) --platform matrices/platforms/proxmox.yml"))
        }
    }

    private func note(inherited template: GuestTemplate, _ config: MachineConfig, in findings: inout Findings) {
        guard let script = config["hookscript"], !cluster.client.caller.isRoot else { return }
        findings.problems.append(
            PreflightProblem(
                .warning, "machines inherit the hookscript \(script) of template \(template.vmid), which only root may remove",
                next: "on \(template.node): qm set \(template.vmid) --delete hookscript"))
    }
}
