internal import MatrixCore

/// The section of one cell: its problems first, then all other facts. If the page has no room for it, it is one line that links to
/// the cell's page.
struct CellView {
    struct Problem {
        /// `case-rocky10-podman--port-80`: the same in every run.
        let anchor: String
        let outcome: String
        let badge: String
        let name: String
        let message: String
        let excerpt: String?
        let source: String?
        /// The anchor of the entry of "What broke" that has the details.
        let cause: String?
        let log: PageLogs.Link?
    }

    /// A case that passed or was skipped.
    struct Line {
        let name: String
        let observed: String?
    }

    /// Cases under one heading: a step's passed cases, the cases skipped for one reason.
    struct Names {
        let heading: String
        let names: [Line]
        let hidden: Int?
    }

    struct PhaseRow {
        let name: String
        let outcome: String
        let began: String
        let length: String
        let message: String
    }

    struct HostRow {
        let name: String
        let role: String
        let address: String
        let resource: String
        let facts: String
    }

    struct File {
        let path: String
        let link: String?
    }

    let anchor: String
    let name: String
    let isProblem: Bool
    let outcome: String
    let badge: String
    let counts: String
    let length: String
    /// `os:rocky10 platform:podman`, for the query box.
    let terms: String
    let isFull: Bool
    /// Whether its section is open at first: a run of one cell has nothing else to show.
    let isOpen: Bool
    /// The cell's page, if this page does not show all of it.
    let page: String?
    let problems: [Problem]
    let hiddenProblems: Int?
    let notes: [Fact]
    let flaky: [Fact]
    let skipped: [Names]
    let passed: [Names]
    let phases: [PhaseRow]
    let hosts: [HostRow]
    let logs: [PageLogs.Link]
    let files: [File]
    /// Whether each list has elements: Mustache would repeat a list's heading for every element.
    let hasProblems: Bool
    let hasNotes: Bool
    let hasFlaky: Bool
    let hasSkipped: Bool
    let hasPassed: Bool
    let hasPhases: Bool
    let hasHosts: Bool
    let hasLogs: Bool
    let hasFiles: Bool

    /// What a page knows about the cases of its cells.
    struct Context {
        let anchors: Anchors
        let logs: PageLogs
        /// The anchors of causes, by cell and by the identity of a case: ``key(_:)``.
        var causes: [String: [String]] = [:]
        /// The relative path from the page to the report's folder: empty, or `../`.
        var root = ""
        let directory: String

        func cause(of test: CaseResult, in cell: CellResult) -> String? { causes[cell.name + "\u{0}" + Self.key(test)]?.first }

        /// The causes that a page shows, by the cases that have them.
        static func causes(_ groups: ArraySlice<ProblemGroup>, _ anchors: [String]) -> [String: [String]] {
            var causes: [String: [String]] = [:]
            for (group, anchor) in zip(groups, anchors) {
                for affected in group.affected {
                    for test in affected.cases { causes[affected.cell.name + "\u{0}" + key(test), default: []].append(anchor) }
                }
            }
            return causes
        }

        private static func key(_ test: CaseResult) -> String { "\(test.phase.rawValue)\u{0}\(test.step)\u{0}\(test.name)" }
    }

    /// The sections of a page: cells with a problem first, each in plan order.
    static func all(of run: ReportedRun, _ context: Context, _ allowance: PageBudget) -> [CellView] {
        var used: Set<String> = []
        let full = fullCells(of: run)
        let views = run.cells.prefix(HTMLLimits.cells).enumerated().compactMap { index, cell -> CellView? in
            guard let anchor = context.anchors[cell], used.insert(anchor).inserted else { return nil }
            return CellView(cell, of: run, anchor: anchor, isFull: full.contains(index), context, allowance)
        }
        return views.filter(\.isProblem) + views.filter { !$0.isProblem }
    }

    /// The cells that a page shows in full.
    static func full(of run: ReportedRun) -> [CellResult] {
        let full = fullCells(of: run)
        return run.cells.indices.filter(full.contains).map { run.cells[$0] }
    }

    /// All cells; only those with problems if there are too many.
    private static func fullCells(of run: ReportedRun) -> Set<Int> {
        guard run.cells.count > HTMLLimits.fullCells else { return Set(run.cells.indices) }
        return Set(run.cells.prefix(HTMLLimits.cells).indices.filter { run.cells[$0].outcome.isProblem }.prefix(HTMLLimits.fullCellsOfMany))
    }

    init(_ cell: CellResult, of run: ReportedRun, anchor: String, isFull: Bool, _ context: Context, _ allowance: PageBudget) {
        let bad = isFull ? cell.faults : []
        let shown = allowance.problems(of: bad.count)
        let face = CellFace(cell, run.activity)
        self.anchor = anchor
        name = ReportText.line(cell.name, limit: 200)
        isProblem = cell.outcome.isProblem
        outcome = face.style
        badge = face.badge
        counts = [face.now, Tally(cell).caseWords].compactMap(\.self).joined(separator: " · ")
        length = Brief.length(cell.seconds)
        terms = (["s:\(face.style)"] + cell.point.map { "\($0.axis):\(ReportText.line($0.value, limit: 80))" }).joined(
            separator: " ")
        var used: Set<String> = []
        problems = bad.prefix(shown).map { test in
            let own = used.insertUnique("case-\(anchor.dropFirst(5))--\(Anchors.words(CellParts.title(test)))") { "\($0)-\($1)" }
            return CellParts.problem(
                test, anchor: own, cause: context.cause(of: test, in: cell), log: context.logs.link(of: test), allowance)
        }
        hiddenProblems = bad.count > shown ? bad.count - shown : nil
        notes = isFull ? cell.cases.filter { $0.note != nil }.prefix(20).map(CellParts.note) : []
        flaky = isFull ? cell.cases.filter { $0.outcome == .passed && !$0.attempts.isEmpty }.prefix(20).map(CellParts.flaky) : []
        phases = isFull ? CellParts.phases(cell, of: run) : []
        hosts = isFull ? CellParts.hosts(cell) : []
        logs = isFull ? context.logs.links(of: cell) : []
        files = isFull ? CellParts.files(cell, root: context.root, directory: context.directory) : []
        passed = isFull ? CellParts.passed(cell, allowance) : []
        skipped = isFull ? CellParts.skipped(cell, allowance) : []
        self.isFull = isFull
        isOpen = isFull && run.cells.count == 1
        let isWhole = isFull && hiddenProblems == nil && !(passed + skipped).contains { $0.hidden != nil }
        page = isWhole ? nil : CellPage.path(anchor)
        hasProblems = !bad.isEmpty
        hasNotes = !notes.isEmpty
        hasFlaky = !flaky.isEmpty
        hasSkipped = !skipped.isEmpty
        hasPassed = !passed.isEmpty
        hasPhases = !phases.isEmpty
        hasHosts = !hosts.isEmpty
        hasLogs = !logs.isEmpty
        hasFiles = !files.isEmpty
    }
}
