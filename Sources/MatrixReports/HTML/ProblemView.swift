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

    /// One thing that the host showed when the check failed.
    struct Shown {
        let title: String
        let text: String
    }

    /// `cause-verify-port-5432-db`: the same in every run.
    let anchor: String
    let outcome: String
    let glyph: String
    /// The word for the outcome: `failed`, `error, experimental`.
    let word: String
    let name: String
    /// `new`, or how many of its cases are.
    let news: String?
    let otherNames: String?
    let message: String
    let excerpt: String?
    let evidence: [Shown]
    /// The cell whose host showed it, if there are several; nil for one.
    let witness: String?
    let place: String
    /// `2 cells`; nil for a problem of the run as a whole.
    let count: String?
    let source: String?
    let cells: [Place]
    let hiddenCells: Int?
    /// What the problem itself says to do next.
    let step: String?
    let command: String
    let log: PageLogs.Link?
    /// The anchors of its cells, for the filter.
    let anchors: String

    init(
        _ group: ProblemGroup, anchor: String, of result: RunResult, since comparison: RunComparison?, _ context: CellView.Context,
        _ allowance: PageBudget
    ) {
        let example = group.example
        let message = group.message
        self.anchor = anchor
        outcome = example.outcome.rawValue
        glyph = example.outcome.glyph
        word = "\(example.outcome.rawValue)\(group.isExperimental ? ", experimental" : "")"
        name = group.title
        news = Self.news(group, comparison)
        otherNames = Self.others(group.otherNames)
        self.message = message
        excerpt = allowance.excerpt(example.furtherDetail, limit: HTMLLimits.excerpt)
        let shown = (example.evidence ?? []).compactMap { item in
            allowance.excerpt(item.text, limit: HTMLLimits.evidence).map { Shown(title: ReportText.line(item.title, limit: 200), text: $0) }
        }
        evidence = shown
        witness = shown.isEmpty || group.caseCount == 1 ? nil : ReportText.line(group.affected[0].cell.name, limit: 200)
        place = group.affected[0].cell.name.isEmpty ? "the run as a whole" : group.localisation.sentence
        count = group.place.isEmpty ? nil : group.place
        source = example.location.map { "\(ReportText.line($0.file, limit: 200)):\($0.line)" }
        let cells = group.affected.filter { !$0.cell.name.isEmpty }
        self.cells = cells.prefix(HTMLLimits.groupCells).map { Self.place($0, message: message, context.anchors) }
        hiddenCells = cells.count > HTMLLimits.groupCells ? cells.count - HTMLLimits.groupCells : nil
        step = group.step.map { ReportText.line($0, limit: HTMLLimits.line) }
        command = group.command(file: result.file, options: result.environment["options"])
        log = cells.lazy.flatMap(\.cases).compactMap { context.logs.link(of: $0) }.first
        self.anchors = cells.compactMap { context.anchors[$0.cell] }.joined(separator: " ")
    }

    private static func news(_ group: ProblemGroup, _ comparison: RunComparison?) -> String? {
        guard let count = comparison?.newOnes(among: group.affected), count > 0 else { return nil }
        return count == group.caseCount ? "new" : "\(count) of \(group.caseCount) new"
    }

    private static func others(_ names: [String]) -> String? {
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(HTMLLimits.groupNames).map { ReportText.line($0, limit: 120) }.filter { !$0.isEmpty }.joined(
            separator: ", ")
        guard !shown.isEmpty else { return nil }
        return names.count > HTMLLimits.groupNames ? "\(shown) and \(names.count - HTMLLimits.groupNames) more" : shown
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
