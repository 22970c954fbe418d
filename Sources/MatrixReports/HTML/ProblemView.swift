internal import MatrixCore

/// One entry of "What broke".
struct ProblemView {
    /// A cell that has the problem.
    struct Place {
        let cell: String
        let anchor: String?
        /// What differs in that cell: the hosts, another message.
        let note: String?
    }

    let number: Int
    let outcome: String
    let badge: String
    let name: String
    /// `new`, or how many of its cases are.
    let news: String?
    let otherNames: String?
    let message: String
    let excerpt: String?
    let place: String
    let source: String?
    let cells: [Place]
    let hiddenCells: Int?
    let command: String
    /// The anchors of its cells, for the filter.
    let anchors: String

    init(_ group: ProblemGroup, number: Int, file: String, since comparison: RunComparison?, _ anchors: Anchors, _ allowance: PageBudget) {
        let example = group.example
        let message = group.message
        self.number = number
        outcome = example.outcome.rawValue
        badge = "\(example.outcome.badge)\(group.isExperimental ? ", experimental" : "")"
        name = Self.title(group)
        news = Self.news(group, comparison)
        otherNames = Self.others(group.names)
        self.message = message
        excerpt = allowance.excerpt(example.detail == example.message ? nil : example.detail, limit: HTMLLimits.excerpt)
        place = group.affected[0].cell.name.isEmpty ? "the run as a whole" : group.localisation.sentence
        source = example.location.map { "\(ReportText.line($0.file, limit: 200)):\($0.line)" }
        let cells = group.affected.filter { !$0.cell.name.isEmpty }
        self.cells = cells.prefix(HTMLLimits.groupCells).map { Self.place($0, message: message, anchors) }
        hiddenCells = cells.count > HTMLLimits.groupCells ? cells.count - HTMLLimits.groupCells : nil
        command = group.command(file: file)
        self.anchors = cells.compactMap { anchors[$0.cell] }.joined(separator: " ")
    }

    private static func news(_ group: ProblemGroup, _ comparison: RunComparison?) -> String? {
        guard let count = comparison?.newOnes(among: group.affected), count > 0 else { return nil }
        return count == group.caseCount ? "new" : "\(count) of \(group.caseCount) new"
    }

    private static func title(_ group: ProblemGroup) -> String {
        var example = group.example
        example.name = group.names[0]
        return CellParts.title(example)
    }

    private static func others(_ names: [String]) -> String? {
        guard names.count > 1 else { return nil }
        let shown = names.dropFirst().prefix(HTMLLimits.groupNames).map { ReportText.line($0, limit: 120) }.filter { !$0.isEmpty }.joined(
            separator: ", ")
        let hidden = names.count - 1 - HTMLLimits.groupNames
        guard !shown.isEmpty else { return nil }
        return hidden > 0 ? "\(shown) and \(hidden) more" : shown
    }

    private static func place(_ affected: ProblemGroup.Affected, message: String, _ anchors: Anchors) -> Place {
        let own = JUnitVerdict.message(affected.cases[0])
        let hosts = Set(affected.cases.compactMap(\.host)).subtracting([affected.cell.name]).sorted().prefix(6).map {
            short($0, in: affected.cell)
        }
        var notes = hosts.isEmpty ? [] : [hosts.joined(separator: ", ")]
        if own != message { notes.append(ReportText.line(own, limit: 200)) }
        return Place(
            cell: ReportText.line(affected.cell.name, limit: 200), anchor: anchors[affected.cell],
            note: notes.isEmpty ? nil : notes.joined(separator: ": "))
    }

    /// A host's name without that of its cell, which is shown next to it.
    private static func short(_ host: String, in cell: CellResult) -> String {
        ReportText.line(host.hasPrefix("\(cell.name)-") ? String(host.dropFirst(cell.name.count + 1)) : host, limit: 80)
    }
}
