import MatrixCore

/// A cell while its plan is made.
final class ExpandedCell {
    let point: Point
    let settings: CellSettings
    let scope: StaticScope
    let roles: [HostsSection.Role]
    /// Roles, groups and `all`: what a step's `hosts:` can name here, besides the hosts themselves.
    let selectors: Set<String>

    init(_ point: Point, settings: CellSettings, scope: StaticScope) {
        self.point = point
        self.settings = settings
        self.scope = scope
        if settings.hostsHoldReferences, let hosts = settings.early["hosts"] {
            roles = HostsSection.roles(of: scope.renderWholly(hosts))
            selectors = CellSettings.selectors(of: roles)
        } else {
            roles = settings.sharedRoles
            selectors = settings.sharedSelectors
        }
    }

    /// The hosts: one called as the cell where nothing is said, else each by role and number.
    var hosts: [HostPlan] {
        guard !roles.isEmpty else { return [HostPlan(name: point.name)] }
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

    /// Whether a step's `hosts:` names something of this cell; true where it names nothing.
    func has(_ selector: Document?) -> Bool {
        guard let selector, let raw = selector.text else { return true }
        if selectors.contains(raw) { return true }
        let text = raw.contains("${") ? scope.final(raw, at: selector.location) : raw
        if selectors.contains(text) { return true }
        return text.hasPrefix(point.name) && hosts.contains { $0.name == text }
    }
}
