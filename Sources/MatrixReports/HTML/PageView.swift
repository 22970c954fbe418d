internal import MatrixCore

/// The data of `page.mustache`. The names in the templates are those of the members here and in the views below.
///
/// Mustache looks for a missing optional in the enclosing views, so templates write `.name` for optionals.
struct PageView {
    let title: String
    let favicon: String
    let outcome: String
    let glyph: String
    let headline: [HeadlinePart]
    /// What the exit status means.
    let status: String
    /// `4 causes, 2 of them only on debian13`.
    let causes: String?
    let matrix: String
    /// The file, the run, when and how long.
    let origin: String
    let facts: [Fact]
    /// Warnings, such as that the run was simulated.
    let warning: String?
    let skips: [SkipView]
    let hiddenSkips: Int?
    let hasSkips: Bool
    let bar: BarView?
    let mini: MiniGridView?
    let filters: [FilterView]
    let problems: [ProblemView]
    let problemCount: Int
    let hiddenProblems: Int?
    let hasProblems: Bool
    let notes: [NoteView]
    let hiddenNotes: Int?
    let hasNotes: Bool
    /// Whether "What broke" has anything to say.
    let hasNews: Bool
    /// Whether the browser lays out only the visible part.
    let isMany: Bool
    let changes: ChangesView?
    let grid: [GridView]
    let hasGrid: Bool
    let hiddenPages: Int?
    let checks: CheckGridView?
    let hostChanges: HostChangesView?
    let timeline: TimelineView
    /// Whether any cell took any time.
    let hasTimeline: Bool
    let cells: [CellView]
    let cellCount: Int
    let hiddenCells: Int?
    let logs: [LogView]
    let logCount: Int
    let hasLogs: Bool
    let differences: [DifferencesView]
    let hasDifferences: Bool
    let run: RunView
    let past: HistoryView?
    let style: String
    let script: String

    init(_ run: ReportedRun, directory: String, style: String, script: String) {
        let verdict = Verdict(run)
        let anchors = Anchors(run.cells)
        let full = CellView.full(of: run)
        isMany = run.cells.count > HTMLLimits.fullCells
        let allowance = PageBudget(cells: full.count, isMany: isMany)
        let groups = ProblemGroups.all(of: run)
        let comparison = run.compared.map { RunComparison(run, since: $0) }
        matrix = ReportText.line(run.result.matrix, limit: 200)
        title = "\(verdict.sentence) – \(matrix)"
        favicon = Favicon.address(verdict.tone)
        outcome = verdict.tone.rawValue
        glyph = verdict.tone.glyph
        headline = HeadlinePart.all(verdict)
        status = verdict.status
        causes = ProblemGroups.words(groups)
        origin = Self.origin(run.result)
        facts = Self.facts(run.result, Tally(run.cells), comparison)
        warning = run.result.warnings.first { $0.severity == .warning }.map { ReportText.line($0.message, limit: 100) }
        let skipped = SkippedCells.all(of: run.cells)
        let places = Dictionary(run.cells.compactMap { cell in anchors[cell].map { (cell.name, $0) } }) { first, _ in first }
        skips = skipped.prefix(HTMLLimits.skips).map { SkipView($0, anchors: places) }
        hiddenSkips = skipped.count > HTMLLimits.skips ? skipped.count - HTMLLimits.skips : nil
        hasSkips = !skips.isEmpty
        bar = BarView(run.cells)
        filters = FilterView.all(run.cells)
        let logs = PageLogs(full, anchors, root: "", directory: directory, allowance)
        let shown = groups.prefix(HTMLLimits.groups)
        let causeAnchors = Anchors.causes(Array(shown))
        let context = CellView.Context(
            anchors: anchors, logs: logs, causes: CellView.Context.causes(shown, causeAnchors), directory: directory)
        problems = zip(shown, causeAnchors).map {
            ProblemView($0, anchor: $1, file: run.result.file, since: comparison, context, allowance)
        }
        problemCount = groups.count
        hiddenProblems = groups.count > HTMLLimits.groups ? groups.count - HTMLLimits.groups : nil
        hasProblems = !groups.isEmpty
        let noted = PassedNote.all(of: run.cells)
        notes = noted.prefix(HTMLLimits.groups).map { NoteView($0) }
        hiddenNotes = noted.count > HTMLLimits.groups ? noted.count - HTMLLimits.groups : nil
        hasNotes = !notes.isEmpty
        changes = ChangesView(comparison, places)
        hasNews = hasProblems || hasNotes || changes != nil
        let pages = GridPage.all(of: run)
        mini = MiniGridView(pages, groups, anchors)
        // Beside the headline each place says the same in words.
        let isTold = run.cells.count < 2 || mini?.isCompact == false
        grid = isTold ? [] : GridView.fitting(pages).map { GridView($0, anchors) }
        hasGrid = !grid.isEmpty
        hiddenPages = hasGrid && grid.count < pages.count ? pages.count - grid.count : nil
        checks = CheckGridView(run, anchors)
        hostChanges = HostChangesView(run.cells)
        timeline = TimelineView(run, anchors)
        hasTimeline = run.cells.contains { $0.seconds > 0 || !$0.phases.isEmpty }
        cells = CellView.all(of: run, context, allowance)
        cellCount = run.cells.count
        hiddenCells = run.cells.count > HTMLLimits.cells ? run.cells.count - HTMLLimits.cells : nil
        self.logs = logs.all
        logCount = logs.all.count
        hasLogs = !logs.all.isEmpty
        differences = DifferencesView.all(groups, of: run)
        hasDifferences = !differences.isEmpty
        self.run = RunView(run.result)
        past = HistoryView(run, anchors)
        self.style = style
        self.script = script
    }

    /// `red.yml · run 261128-124514-613w · 2026-11-28 12:45:14 UTC · 3m37s`.
    private static func origin(_ result: RunResult) -> String {
        [
            ReportText.line(result.file, limit: 200), "run \(ReportText.line(result.run.value, limit: 40))", Brief.moment(result.started),
            Brief.length(result.finished.seconds(since: result.started)),
        ].joined(separator: " · ")
    }

    private static func facts(_ result: RunResult, _ tally: Tally, _ comparison: RunComparison?) -> [Fact] {
        var facts = [
            Fact("Cases", tally.caseWords)
        ]
        if tally.flaky > 0 { facts.append(Fact("On a retry", "\(tally.flaky) \(tally.flaky == 1 ? "case" : "cases") passed")) }
        if tally.noted > 0 { facts.append(Fact("With a note", "\(tally.noted) \(tally.noted == 1 ? "case" : "cases") passed")) }
        facts.append(Fact("Cost", result.costs.map(\.description).joined(separator: " and ")))
        if let comparison { facts.append(Fact("Since \(ReportText.line(comparison.before.value, limit: 40))", comparison.words)) }
        if let commit = result.commit { facts.append(Fact("Commit", String(ReportText.line(commit, limit: 200).prefix(12)))) }
        return facts.filter { !$0.value.isEmpty }
    }
}

/// A part of the headline in its own colour.
struct HeadlinePart {
    let style: String
    let text: String
    /// `, ` before all parts but the first.
    let comma: String

    static func all(_ verdict: Verdict) -> [HeadlinePart] {
        verdict.parts.enumerated().map { HeadlinePart(style: $1.tone.rawValue, text: $1.text, comma: $0 == 0 ? "" : ", ") }
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
    /// A fixed case; the filter hides it with its cell.
    struct Fixed {
        let name: String
        let value: String
        let anchor: String?
    }

    let run: String
    let fixed: [Fixed]
    let hiddenFixed: Int?
    let unasked: String?
    let hasFixed: Bool

    /// Nil if there is neither.
    /// - Parameter anchors: by the names of cells.
    init?(_ comparison: RunComparison?, _ anchors: [String: String]) {
        guard let comparison, !comparison.fixed.isEmpty || !comparison.unasked.isEmpty else { return nil }
        run = ReportText.line(comparison.before.value, limit: 40)
        fixed = comparison.fixed.prefix(HTMLLimits.groupCells).map {
            Fixed(name: ReportText.line($0.title, limit: 200), value: ReportText.line($0.cell, limit: 120), anchor: anchors[$0.cell])
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
