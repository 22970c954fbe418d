import MatrixCore

/// Makes the plans of cells from a checked matrix file.
final class CellExpander {
    /// The parts of a matrix that every cell starts from.
    struct Base {
        /// The sections that cells override.
        let sections: Document
        /// The items of `cells:`.
        let overrides: [Document]
        /// The items of `include:`.
        let includes: [Document]
        /// What the command line sets: it overrides all of the above.
        let settings: Document
        /// The `platforms:` section.
        let platforms: Document
        let drivers: [Declaration]
    }

    private struct Key: Hashable {
        let overrides: [Int]
        let include: Int?
    }

    /// The length of a DNS label, and the part that a run's id takes with its dash.
    private static let longestName = 63 - 19

    private let context: LoadContext
    private let axes: Axes
    private let base: Base
    private let reader: StepReader
    private let systems: [String: OperatingSystem]
    private let axisKeys: [String]
    private var settings: [Key: CellSettings] = [:]
    private var knownDrivers: [String: Declaration?] = [:]

    init(_ context: LoadContext, axes: Axes, base: Base, reader: StepReader, systems: [String: OperatingSystem]) {
        self.context = context
        self.axes = axes
        self.base = base
        self.reader = reader
        self.systems = systems
        axisKeys = axes.names.map { "axis.\($0)" }
    }

    /// All cells, each with the settings that it shares with others like it.
    func cells(of points: [Point]) -> [ExpandedCell] {
        let conditions = base.overrides.map { item in
            Condition((item["where"]?.members ?? []).map { ($0.key, $0.value.texts) }, over: axes, work: context.work)
        }
        warnOfUnused(conditions, points)
        var cells: [ExpandedCell] = []
        for var point in points {
            context.work.spend(lightly: conditions.count)
            guard !context.work.isSpent else { return [] }
            point.overrides = conditions.indices.filter { conditions[$0].holds(at: point.values) }
            let cell = cell(point, settings: settings(of: point))
            guard hasFewHosts(cell) else { return [] }
            cells.append(cell)
        }
        return cells
    }

    private func cell(_ point: Point, settings: CellSettings) -> ExpandedCell {
        let names = names(of: point)
        let scope = StaticScope(context, names: names, variables: settings.variables)
        let driver = driver(of: names["platform"] ?? "")
        return ExpandedCell(point, settings: settings, scope: scope) { role, isAlone in driver?.groups(role, isAlone) ?? [] }
    }

    private func driver(of platform: String) -> Declaration? {
        if let known = knownDrivers[platform] { return known }
        let driver = PlatformsSection.driver(of: platform, in: base.platforms, among: base.drivers)
        knownDrivers[platform] = .some(driver)
        return driver
    }

    private func hasFewHosts(_ cell: ExpandedCell) -> Bool {
        let count = cell.roles.reduce(0) { $0 + $1.count }
        if count <= LoadLimits.hosts { return true }
        context.problems.error(
            at: cell.roles.first?.location, "the cell `\(cell.point.name)` has \(count) hosts; at most \(LoadLimits.hosts) are allowed",
            hint: "lower `count:`, or make more cells")
        return false
    }

    private func warnOfUnused(_ conditions: [Condition], _ points: [Point]) {
        for (item, condition) in zip(base.overrides, conditions) {
            let first = points.firstIndex { condition.holds(at: $0.values) }
            context.work.spend(lightly: first ?? points.count)
            if first != nil || context.work.isSpent || Placeholders.isIn(item) { continue }
            context.problems.warning(at: item.location, "this override matches no cell", hint: "correct its `where:`, or remove it")
        }
    }

    private func settings(of point: Point) -> CellSettings {
        let own = point.include.map { base.includes[$0].without(axes.names) }
        let key = Key(overrides: point.overrides, include: own?.members.isEmpty == false ? point.include : nil)
        if let known = settings[key] { return known }
        var document = base.sections
        for index in point.overrides { document = document.merging(base.overrides[index].without(["where"])) }
        if let own { document = document.merging(own) }
        let made = CellSettings(document.merging(base.settings).withoutRemoved, reader: reader, work: context.work)
        check(made, at: point.location)
        settings[key] = made
        return made
    }

    private func check(_ settings: CellSettings, at location: SourceLocation) {
        if let hosts = settings.document["hosts"], hosts.members.isEmpty {
            context.problems.error(at: hosts.location, "some cells have no host", hint: "a cell needs at least one")
        }
        if let inventory = settings.inventory { InventorySection.checkVariables(inventory, problems: context.problems) }
        for role in settings.sharedRoles where !role.name.isLabelPart {
            context.problems.error(
                at: role.location, "the role `\(role.name)` cannot be part of a host name", hint: "use lowercase letters, digits and dashes"
            )
        }
    }

    private func names(of point: Point) -> [String: String] {
        var names = ["cell": point.name]
        for (axis, value) in point.values.enumerated() {
            let text = axes.values[axis][value]
            names[axisKeys[axis]] = text
            if axes.names[axis] == "os" || axes.names[axis] == "platform" { names[axes.names[axis]] = text }
        }
        return names
    }

    /// Names of resources end with the run's id and must be DNS labels: the longest one is reported, with the count of the others.
    func checkNames(of cells: [ExpandedCell]) {
        let long = cells.map { ($0, $0.longestHostName) }.filter { $0.1.utf8.count > Self.longestName }
        guard let (cell, name) = long.max(by: { $0.1.utf8.count < $1.1.utf8.count }) else { return }
        let others = long.count > 1 ? " (so are those of \(long.count - 1) other cells)" : ""
        context.problems.error(
            at: cell.point.location,
            "the host name `\(name)` is too long: \(name.utf8.count) characters, at most \(Self.longestName) are allowed\(others)",
            hint: "a resource is named `<host>-<run>`, at most 63 characters; shorten axis values or roles")
    }

    /// Reports groups with variables that no cell has: a misspelt name would set nothing.
    ///
    /// In an inventory of the user's a group of the cell may belong to further groups, which are not known here.
    func checkGroups(of cells: [ExpandedCell]) {
        var named: [SourceLocation: String] = [:]
        var known: Set<String> = ["all"]
        for cell in cells {
            guard let part = cell.settings.inventory, let groups = part["groups"], part["inventory"] == nil else { continue }
            for member in groups.members where member.value["vars"] != nil { named[member.keyLocation] = member.key }
            known.formUnion(groupNames(of: cell))
        }
        for (location, name) in named where !known.contains(InventoryNames.group(name)) {
            guard !context.problems.isFull else { return }
            let hint = Hint.meant(name, among: known.sorted(), otherwise: "there are")
            context.problems.error(at: location, "no cell has a group `\(name)`", hint: hint)
        }
    }

    private func groupNames(of cell: ExpandedCell) -> Set<String> {
        let names = names(of: cell.point)
        guard let os = names["os"].flatMap({ systems[$0] }), let platform = names["platform"] else { return [] }
        return Set(cell.hosts.flatMap { InventoryNames.groups(of: $0, os: os, platform: platform, cell: cell.point.name) })
    }

    private func inventory(_ part: Document, of cell: ExpandedCell) -> InventoryPlan {
        let variables = cell.scope.render(part.without(["inventory"]))
        return InventorySection.plan(of: variables.merging(cell.scope.renderWholly(part.only(["inventory"]))), context: context)
    }

    /// The plan of one cell; nil if its system is unknown, which has been reported.
    func plan(of cell: ExpandedCell, steps: StepExpander) -> CellPlan? {
        let names = names(of: cell.point)
        guard let os = names["os"].flatMap({ systems[$0] }), let platform = names["platform"] else { return nil }
        let early = cell.settings.earlyHoldsReferences ? cell.scope.renderWholly(cell.settings.early) : cell.settings.early
        let vars = cell.settings.varsHoldReferences ? cell.scope.render(cell.settings.vars) : nil
        var plan = CellPlan(
            name: cell.point.name,
            point: cell.point.values.enumerated().map { AxisValue(axis: axes.names[$0], value: axes.values[$0][$1]) },
            os: os, platform: platform, experimental: cell.settings.experimental, hosts: cell.hosts,
            vars: vars.map(CellSettings.variables) ?? cell.settings.sharedVariables,
            timeouts: PhaseSections.timeouts(of: early["timeouts"]), retries: PhaseSections.retries(of: early["retries"]),
            provision: ProvisionSection.plan(of: early["provision"], os: os.name, context: context))
        if let inventory = cell.settings.inventory { plan.inventory = self.inventory(inventory, of: cell) }
        plan.deploy = steps.steps(.deploy, of: cell)
        plan.verify = steps.steps(.verify, of: cell, after: plan.deploy)
        plan.finally = steps.steps(.finally, of: cell)
        let variables = vars.map { CellSettings.names(of: $0, work: context.work) } ?? cell.settings.sharedNames
        context.work.spend(lightly: 4 * (variables.count + cell.hosts.count))
        var scope = names
        scope.merge(variables) { own, _ in own }
        scope.merge(cell.scope.postponed) { own, _ in own }
        plan.scope = Scope(scope)
        return plan
    }
}
