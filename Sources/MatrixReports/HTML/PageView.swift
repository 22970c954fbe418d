internal import MatrixCore

/// What `page.mustache` shows. The templates' names are those of the members here and in the views below.
///
/// An absent optional is looked up further out by Mustache, so templates write `.name` for these.
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
    let grid: [GridView]
    let timeline: TimelineView
    let cells: [CellView]
    let hiddenCells: Int?
    let run: RunView
    let style: String
    let script: String

    init(_ run: ReportedRun, directory: String, style: String, script: String) {
        let tally = Tally(run.cells)
        let verdict = Verdict(run, tally: tally)
        let anchors = Anchors(run.cells)
        let allowance = Allowance(cells: run.cells.count)
        let groups = ProblemGroups.all(of: run)
        matrix = ReportText.line(run.result.matrix, limit: 200)
        title = "\(verdict.outcome.glyph) \(verdict.headline) – \(matrix)"
        outcome = verdict.outcome.rawValue
        glyph = verdict.outcome.glyph
        headline = verdict.headline
        facts = Self.facts(run.result, tally)
        filters = FilterView.all(run.cells)
        problems = groups.prefix(HTMLLimits.groups).enumerated().map { ProblemView($1, number: $0 + 1, file: run.result.file, anchors, allowance) }
        hiddenProblems = groups.count > HTMLLimits.groups ? groups.count - HTMLLimits.groups : nil
        isClean = groups.isEmpty
        grid = GridPage.all(of: run).map { GridView($0, anchors) }
        timeline = TimelineView(run, anchors)
        cells = CellView.all(of: run, directory: directory, anchors, allowance)
        hiddenCells = run.cells.count > HTMLLimits.cells ? run.cells.count - HTMLLimits.cells : nil
        self.run = RunView(run.result)
        self.style = style
        self.script = script
    }

    private static func facts(_ result: RunResult, _ tally: Tally) -> [Fact] {
        var facts = [
            Fact("Cells", tally.cellWords), Fact("Cases", tally.caseWords),
            Fact("Took", Brief.length(result.finished.seconds(since: result.started))), Fact("Started", Brief.moment(result.started)),
        ]
        if tally.flaky > 0 { facts.insert(Fact("On a further try", "\(tally.flaky) \(tally.flaky == 1 ? "case" : "cases") passed"), at: 2) }
        facts.append(Fact("Cost", result.costs.map(\.description).joined(separator: " and ")))
        if let commit = result.commit { facts.append(Fact("Commit", String(ReportText.line(commit, limit: 200).prefix(12)))) }
        return facts.filter { !$0.value.isEmpty }
    }
}

/// A name and what it is.
struct Fact {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
