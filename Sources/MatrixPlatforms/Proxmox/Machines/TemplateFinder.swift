import MatrixCore

/// Finds a system's templates and reads when they were made: the newest is cloned, not the one with the highest VMID.
struct TemplateFinder: Sendable {
    let cluster: ProxmoxCluster

    /// The templates that the settings choose for a system among these machines, the newest first.
    func templates(of os: OperatingSystem, _ choice: ProxmoxSettings.TemplateChoice = .required, in machines: [Machine]) async throws
        -> [GuestTemplate]
    {
        var found: [GuestTemplate] = []
        for machine in machines where Self.isChosen(machine, os, choice) {
            let config = try await cluster.config(machine.vmid, on: machine.node).map(MachineConfig.init)
            found.append(Self.template(machine, config))
        }
        return GuestTemplate.newestFirst(found)
    }

    private static func isChosen(_ machine: Machine, _ os: OperatingSystem, _ choice: ProxmoxSettings.TemplateChoice) -> Bool {
        guard case .pinned(let pin) = choice else { return GuestTemplate.matches(machine, os) }
        return machine.isTemplate && (machine.name == pin || "\(machine.vmid)" == pin)
    }

    static func template(_ machine: Machine, _ config: MachineConfig?) -> GuestTemplate {
        let notes = config.flatMap { TemplateNotes($0) }
        return GuestTemplate(
            vmid: machine.vmid, node: machine.node, name: machine.name, made: config.flatMap { made($0, notes) }, agent: notes?.agent)
    }

    private static func made(_ config: MachineConfig, _ notes: TemplateNotes?) -> Timestamp? {
        if let notes, notes.built.seconds > 0 { return notes.built }
        return config.created ?? built(in: config["description"] ?? "")
    }

    /// The date in the notes of SOLTI's role: `Built: 2026-01-23 10:11:12 EST`. Its zone is the node's, of which the name says little.
    private static func built(in notes: String) -> Timestamp? {
        guard let match = notes.firstMatch(of: /Built: +([0-9]{4}-[0-9]{2}-[0-9]{2}) +([0-9]{2}:[0-9]{2}:[0-9]{2})/) else { return nil }
        return Timestamp("\(match.output.1)T\(match.output.2)Z")
    }
}

extension ProxmoxSettings.TemplateChoice {
    /// Why a template of these is the one that a run clones.
    func reason(for template: GuestTemplate, among all: [GuestTemplate]) -> String {
        if case .pinned(let name) = self { return "templates: \(name) selects it" }
        let here = all.filter { $0.node == template.node }
        if here.count < 2 { return all.count < 2 ? "the only one" : "the only one on \(template.node)" }
        let shown = here.prefix(4).map { "\($0.vmid) is \($0.made.map { "of \($0.minute)" } ?? "of an unknown time")" }
        let rest = here.count > 4 ? ", and \(here.count - 4) more" : ""
        return "the newest of \(here.count): \(shown.joined(separator: ", "))\(rest)"
    }
}

extension Timestamp {
    /// For lists: `2026-11-23 05:01 UTC`.
    var minute: String { "\(description.prefix(10)) \(description.dropFirst(11).prefix(5)) UTC" }
}
