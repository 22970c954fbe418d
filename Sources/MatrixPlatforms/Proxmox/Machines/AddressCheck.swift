import MatrixCore

/// Warns before the run of machines whose address may stay unknown: only the guest agent can report it, and nothing says that the guest
/// has one.
struct AddressCheck: Sendable {
    let platform: String
    let settings: ProxmoxSettings
    let hasShell: Bool

    func problems(_ cells: [CellPlan], _ found: TemplateSurvey.Findings) -> [PreflightProblem] {
        guard !settings.isStatic, settings.address != .neighbour, !(hasShell && settings.address != .agent) else { return [] }
        return Dictionary(grouping: cells, by: \.os.name).sorted { $0.key < $1.key }.compactMap { name, cells in
            guard let os = cells.first?.os, let doubt = doubt(os, found.bySystem[name]?.first?.template, found.configs) else { return nil }
            return PreflightProblem(
                .warning, cells: cells.map(\.name),
                "the addresses of \(name) machines may stay unknown: only the guest agent can report them, and \(doubt)",
                next:
                    "\(settings.addressAdvice) (platform \(platform)); or build a template with the agent: "
                    + "matrix template build --os \(name) --platform FILE; "
                    + "if qemu-guest-agent is in the template, write os: { \(name): { agent: true } }"
            )
        }
    }

    private func doubt(_ os: OperatingSystem, _ template: GuestTemplate?, _ configs: [Int: MachineConfig]) -> String? {
        let name = template.map { "template \($0.name) (\($0.vmid))" } ?? "its template"
        if let template, let config = configs[template.vmid], !config.hasAgent {
            return "\(name) has the agent switched off (qm set \(template.vmid) --agent 1 switches it on)"
        }
        return switch template?.hasGuestAgent(os) ?? os.hasGuestAgent {
        case true?: nil
        case false? where template?.agent != nil: "\(name) was built without one"
        case false? where template == nil && settings.templates == .auto && settings.build.guestAgent != .off:
            "the cloud image of \(name) has none, and the build may find no way to install one"
        case false?: "the cloud image of \(name) has none"
        case nil: "it is unknown whether \(name) has one"
        }
    }
}
