import MatrixCore

/// A cell whose plan is being made.
final class ExpandedCell {
    let point: Point
    let settings: CellSettings
    let scope: StaticScope
    let roles: [HostsSection.Role]
    /// Roles, groups and `all`: what a step's `hosts:` can name here, besides hosts.
    let selectors: Set<String>

    /// The groups that the platform gives a cell's only host, if no role is named.
    private let ownGroups: [String]

    /// - Parameter groups: the groups of the platform for a host of a role; the flag says whether it is the cell's only host.
    init(_ point: Point, settings: CellSettings, scope: StaticScope, groups: (_ role: String, _ isAlone: Bool) -> [String]) {
        self.point = point
        self.settings = settings
        self.scope = scope
        let hosts = settings.hostsHoldReferences ? settings.early["hosts"] : nil
        var roles = hosts.map { HostsSection.roles(of: scope.renderWholly($0)) } ?? settings.sharedRoles
        let isAlone = roles.reduce(0) { $0 + $1.count } <= 1
        for index in roles.indices {
            roles[index].groups += groups(roles[index].name, isAlone).filter { !roles[index].groups.contains($0) }
        }
        self.roles = roles
        ownGroups = roles.isEmpty ? groups("host", true) : []
        selectors = (hosts == nil && roles == settings.sharedRoles ? settings.sharedSelectors : CellSettings.selectors(of: roles)).union(
            ownGroups)
    }

    /// The hosts: without `hosts:` one with the cell's name, else each by role and number.
    var hosts: [HostPlan] {
        guard !roles.isEmpty else { return [HostPlan(name: point.name, groups: ownGroups)] }
        let isSingle = roles.reduce(0) { $0 + $1.count } == 1
        return roles.flatMap { role in
            (1...role.count).map { index in
                let name = isSingle ? point.name : "\(point.name)-\(role.name)-\(index)"
                return HostPlan(name: name, role: role.name, index: index, groups: role.groups, size: role.size)
            }
        }
    }

    /// The longest name of a host here.
    var longestHostName: String {
        guard roles.count > 1 || (roles.first?.count ?? 1) > 1 else { return point.name }
        return roles.map { "\(point.name)-\($0.name)-\($0.count)" }.max { $0.utf8.count < $1.utf8.count } ?? point.name
    }

    /// Whether a step's `hosts:` names something of this cell; true without `hosts:`.
    func has(_ selector: Document?) -> Bool {
        guard let selector, let raw = selector.text else { return true }
        if selectors.contains(raw) { return true }
        let text = raw.contains("${") ? scope.final(raw, at: selector.location) : raw
        if selectors.contains(text) || Placeholders.isIn(text) { return true }
        return text.hasPrefix(point.name) && hosts.contains { $0.name == text }
    }
}
