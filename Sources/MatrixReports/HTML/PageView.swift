internal import MatrixCore

/// The data of `page.mustache`. The names in the templates are those of the members here and in the views below.
///
/// Mustache looks for a missing optional in the enclosing views, so templates write `.name` for optionals.
struct PageView {
    let title: String
    let outcome: String
    let glyph: String
    let headline: String
    let matrix: String
    let facts: [Fact]
    let filters: [FilterView]
    let problems: [ProblemView]
    let hiddenProblems: Int?
    let isClean: Bool
    let notes: [NoteView]
    let hiddenNotes: Int?
    let hasNotes: Bool
    /// Whether the browser lays out only the visible part.
    let isMany: Bool
    let changes: ChangesView?
    let grid: [GridView]
    let hiddenPages: Int?
    let checks: CheckGridView?
    let timeline: TimelineView
    let cells: [CellView]
    let hiddenCells: Int?
    let differences: [DifferencesView]
    let hasDifferences: Bool
    let run: RunView
    let past: HistoryView?
    let style: String
    let script: String

    init(_ run: ReportedRun, directory: String, style: String, script: String) {
        let tally = Tally(run.cells)
        let verdict = Verdict(run, tally: tally)
        let anchors = Anchors(run.cells)
        isMany = run.cells.count > HTMLLimits.fullCells
        let allowance = PageBudget(cells: CellView.fullCount(of: run), isMany: isMany)
        let groups = ProblemGroups.all(of: run)
        let comparison = run.compared.map { RunComparison(run, since: $0) }
        matrix = ReportText.line(run.result.matrix, limit: 200)
        title = "\(verdict.outcome.glyph) \(verdict.headline) – \(matrix)"
        outcome = verdict.outcome.rawValue
        glyph = verdict.outcome.glyph
        headline = verdict.headline
        facts = Self.facts(run.result, tally, comparison)
        filters = FilterView.all(run.cells)
        problems = groups.prefix(HTMLLimits.groups).enumerated().map {
            ProblemView($1, number: $0 + 1, file: run.result.file, since: comparison, anchors, allowance)
        }
        hiddenProblems = groups.count > HTMLLimits.groups ? groups.count - HTMLLimits.groups : nil
        isClean = groups.isEmpty
        let noted = PassedNote.all(of: run.cells)
        notes = noted.prefix(HTMLLimits.groups).map { NoteView($0) }
        hiddenNotes = noted.count > HTMLLimits.groups ? noted.count - HTMLLimits.groups : nil
        hasNotes = !notes.isEmpty
        changes = ChangesView(comparison)
        let pages = GridPage.all(of: run)
        grid = GridView.fitting(pages).map { GridView($0, anchors) }
        hiddenPages = grid.count < pages.count ? pages.count - grid.count : nil
        checks = CheckGridView(run, anchors)
        timeline = TimelineView(run, anchors)
        cells = CellView.all(of: run, directory: directory, anchors, allowance)
        hiddenCells = run.cells.count > HTMLLimits.cells ? run.cells.count - HTMLLimits.cells : nil
        differences = DifferencesView.all(groups, of: run)
        hasDifferences = !differences.isEmpty
        self.run = RunView(run.result)
        past = HistoryView(run, anchors)
        self.style = style
        self.script = script
    }

    private static func facts(_ result: RunResult, _ tally: Tally, _ comparison: RunComparison?) -> [Fact] {
        var facts = [
            Fact("Cells", tally.cellWords), Fact("Cases", tally.caseWords),
            Fact("Took", Brief.length(result.finished.seconds(since: result.started))), Fact("Started", Brief.moment(result.started)),
        ]
        if tally.flaky > 0 { facts.insert(Fact("On a retry", "\(tally.flaky) \(tally.flaky == 1 ? "case" : "cases") passed"), at: 2) }
        if tally.noted > 0 { facts.append(Fact("With a note", "\(tally.noted) \(tally.noted == 1 ? "case" : "cases") passed")) }
        facts.append(Fact("Cost", result.costs.map(\.description).joined(separator: " and ")))
        if let comparison { facts.append(Fact("Since \(ReportText.line(comparison.before.value, limit: 40))", comparison.words)) }
        if let commit = result.commit { facts.append(Fact("Commit", String(ReportText.line(commit, limit: 200).prefix(12)))) }
        return facts.filter { !$0.value.isEmpty }
    }
}

/// A name and its value.
struct Fact {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What is fixed since the earlier run, and what did not run again.
struct ChangesView {
    let run: String
    let fixed: [Fact]
    let hiddenFixed: Int?
    let unasked: String?
    let hasFixed: Bool

    /// Nil if there is neither.
    init?(_ comparison: RunComparison?) {
        guard let comparison, !comparison.fixed.isEmpty || !comparison.unasked.isEmpty else { return nil }
        run = ReportText.line(comparison.before.value, limit: 40)
        fixed = comparison.fixed.prefix(HTMLLimits.groupCells).map {
            Fact(ReportText.line($0.title, limit: 200), ReportText.line($0.cell, limit: 120))
        }
        hiddenFixed = comparison.fixed.count > HTMLLimits.groupCells ? comparison.fixed.count - HTMLLimits.groupCells : nil
        let count = comparison.unasked.count
        unasked = count == 0 ? nil : "\(count) \(count == 1 ? "case" : "cases") with a problem in that run did not run again."
        hasFixed = !fixed.isEmpty
    }
}

/// A note of cases that passed.
struct NoteView {
    let title: String
    let note: String
    let cells: String

    init(_ noted: PassedNote) {
        title = ReportText.line(noted.title, limit: 200)
        note = ReportText.line(noted.note, limit: HTMLLimits.line)
        let shown = noted.cells.prefix(HTMLLimits.groupCells).map { ReportText.line($0, limit: 120) }.joined(separator: ", ")
        cells = noted.cells.count > HTMLLimits.groupCells ? "\(shown) and \(noted.cells.count - HTMLLimits.groupCells) more" : shown
    }
}

/// A button that shows only some cells of the page.
struct FilterView {
    let label: String
    let count: Int
    /// What it writes into the query box.
    let query: String
    let isPressed: Bool

    /// All cells, then each outcome that occurs.
    static func all(_ cells: [CellResult]) -> [FilterView] {
        let outcomes = Outcome.allCases.compactMap { outcome -> FilterView? in
            let count = cells.count { $0.outcome == outcome }
            return count > 0 ? FilterView(label: outcome.badge, count: count, query: "s:\(outcome.rawValue)", isPressed: false) : nil
        }
        return [FilterView(label: "All", count: cells.count, query: "", isPressed: true)] + outcomes
    }
}
