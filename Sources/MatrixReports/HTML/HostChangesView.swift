internal import MatrixCore

/// What each step changed on its hosts, compared over the cells: what all have in common first, then what only some have.
struct HostChangesView {
    /// What the same cells have in common.
    struct Group {
        /// `in all 4 cells`, `only in rocky9-podman`.
        let heading: String
        let count: Int
        /// Whether it is open at first.
        let isFirst: Bool
        let lines: [String]
        let hidden: Int?
    }

    struct Step {
        let name: String
        let groups: [Group]
        let hiddenGroups: Int?
    }

    let steps: [Step]

    /// Nil if no step was asked what it changes.
    init?(_ cells: [CellResult]) {
        let asked = cells.flatMap(\.cases).filter { $0.changes != nil }.map(\.step).unique
        guard !asked.isEmpty else { return nil }
        steps = asked.prefix(HTMLLimits.changedSteps).map { Self.step($0, cells) }
    }

    private static func step(_ name: String, _ cells: [CellResult]) -> Step {
        var order: [String] = []
        // The cells with a change, and how each says it.
        var places: [String: [(cell: Int, line: String)]] = [:]
        var asked: [Int] = []
        for (index, cell) in cells.enumerated() {
            let cases = cell.cases.filter { $0.step == name && $0.changes != nil }
            if !cases.isEmpty { asked.append(index) }
            var seen: Set<String> = []
            for test in cases {
                let role = cell.hosts.count > 1 ? cell.hosts.first { $0.name == test.host }.map { "\($0.role): " } ?? "" : ""
                for change in test.changes ?? [] {
                    let key = "\(role)\(change.sign) \(change.what)"
                    guard seen.insert(key).inserted else { continue }
                    if places[key] == nil { order.append(key) }
                    places[key, default: []].append((index, role + change.line))
                }
            }
        }
        return Step(name: ReportText.line(name, limit: 200), order, places, asked: asked, cells)
    }
}

extension HostChangesView.Step {
    fileprivate init(
        name: String, _ order: [String], _ places: [String: [(cell: Int, line: String)]], asked: [Int], _ cells: [CellResult]
    ) {
        self.name = name
        let sets = Dictionary(grouping: order) { key in (places[key] ?? []).map(\.cell) }
        let sorted = sets.sorted { ($1.key.count, $0.key.first ?? 0) < ($0.key.count, $1.key.first ?? 0) }
        groups = sorted.prefix(HTMLLimits.changeGroups).enumerated().map { index, entry in
            let (set, keys) = (entry.key, entry.value)
            let lines = keys.map { key -> String in
                let said = Set((places[key] ?? []).map(\.line))
                // Versions differ between systems: then only the name is common.
                return ReportText.line(said.count == 1 ? said.first ?? key : key, limit: HTMLLimits.line)
            }
            return HostChangesView.Group(
                heading: Self.heading(set, asked: asked, cells), count: keys.count, isFirst: index == 0,
                lines: Array(lines.prefix(HTMLLimits.changeLines)),
                hidden: lines.count > HTMLLimits.changeLines ? lines.count - HTMLLimits.changeLines : nil)
        }
        hiddenGroups = sorted.count > HTMLLimits.changeGroups ? sorted.count - HTMLLimits.changeGroups : nil
    }

    private static func heading(_ set: [Int], asked: [Int], _ cells: [CellResult]) -> String {
        func names(_ indices: [Int]) -> String {
            let shown = indices.prefix(6).map { ReportText.line(cells[$0].name, limit: 100) }.joined(separator: ", ")
            return indices.count > 6 ? "\(shown) and \(indices.count - 6) more" : shown
        }
        if asked.count == 1 { return names(asked) }
        if set.count == asked.count { return "in all \(set.count) cells" }
        let missing = asked.filter { !set.contains($0) }
        return set.count > 2 && missing.count <= 2 ? "in all cells but \(names(missing))" : "only in \(names(set))"
    }
}
