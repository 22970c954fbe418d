import MatrixCore

/// A template of a system, ready to be cloned.
struct GuestTemplate: Sendable, Hashable {
    var vmid: Int
    var node: String
    var name: String

    /// The templates that the settings choose for a system among these machines, the newest first.
    static func find(_ os: OperatingSystem, _ choice: ProxmoxSettings.TemplateChoice, in machines: [Machine]) -> [GuestTemplate] {
        guard case .pinned(let pin) = choice else { return find(os, in: machines) }
        return machines.filter { $0.isTemplate && ($0.name == pin || "\($0.vmid)" == pin) }.sorted { $0.vmid > $1.vmid }.map(\.template)
    }

    /// The templates of a system among these machines, the newest first.
    ///
    /// Ours are recognised by name and tags. The first ones of the SOLTI scripts had no tags, but these VMIDs.
    static func find(_ os: OperatingSystem, in machines: [Machine]) -> [GuestTemplate] {
        let tagged = machines.filter { isTagged($0, os) }.sorted { $0.vmid > $1.vmid }
        let old = machines.filter { isOld($0, os) && !tagged.contains($0) }.sorted { $0.vmid > $1.vmid }
        return (tagged + old).map(\.template)
    }

    static let oldIDs: Set<Int> = [7000, 7001, 9001]

    private static func isTagged(_ machine: Machine, _ os: OperatingSystem) -> Bool {
        guard machine.isTemplate, let name = os.templateName, machine.name == name || machine.name.hasPrefix("\(name)-") else {
            return false
        }
        let wanted = os.templateTags.map { $0.lowercased() }.filter { $0 != "cloudinit" }
        return !wanted.isEmpty && wanted.allSatisfy(machine.tags.contains)
    }

    private static func isOld(_ machine: Machine, _ os: OperatingSystem) -> Bool {
        machine.isTemplate && oldIDs.contains(machine.vmid) && plain(machine.name).contains(plain(os.name))
    }

    /// The newest template on each node. The list must be sorted, the newest first.
    static func newestOfEachNode(_ templates: [GuestTemplate]) -> [GuestTemplate] {
        var newest: [GuestTemplate] = []
        for template in templates where !newest.contains(where: { $0.node == template.node }) { newest.append(template) }
        return newest
    }

    private static func plain(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
}

extension Machine {
    fileprivate var template: GuestTemplate { GuestTemplate(vmid: vmid, node: node, name: name) }
}
