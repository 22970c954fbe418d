import MatrixCore

/// Says beforehand which machines may never be found: nothing but the guest agent can tell their address, and nobody says that there is
/// one in the guest.
struct AddressCheck: Sendable {
    let platform: String
    let settings: ProxmoxSettings
    let hasShell: Bool

    func problems(_ cells: [CellPlan], _ found: TemplateSurvey.Findings) -> [PreflightProblem] {
        guard !settings.isStatic, settings.address != .neighbour, !(hasShell && settings.address != .agent) else { return [] }
        return Dictionary(grouping: cells, by: \.os.name).sorted { $0.key < $1.key }.compactMap { name, cells in
            guard let os = cells.first?.os, let doubt = doubt(os, found.bySystem[name]?.first?.template, found.configs) else { return nil }
            return PreflightProblem(
                .warning, cells: cells.map(\.name), "machines of \(name) may never be found: only the guest agent can tell their address, and \(doubt)",
                next: "\(AddressSources(settings: settings).ways) (platform \(platform)); if qemu-guest-agent is in the template, write os: { \(name): { agent: true } }")
        }
    }

    private func doubt(_ os: OperatingSystem, _ template: GuestTemplate?, _ configs: [Int: MachineConfig]) -> String? {
        let name = template.map { "template \($0.name) (\($0.vmid))" } ?? "its template"
        if let template, let config = configs[template.vmid], !config.hasAgent { return "\(name) has it switched off: qm set \(template.vmid) --agent 1" }
        return switch os.hasGuestAgent {
        case true?: nil
        case false?: "there is none in the cloud image that \(name) is made of"
        case nil: "nothing says that \(name) has one"
        }
    }
}
