internal import MatrixCore

/// The section of one cell: its problems first, then all other facts. If the page has no room for it, it is one line that links to
/// the cell's page.
struct CellView {
    struct Problem {
        let outcome: String
        let badge: String
        let name: String
        let message: String
        let excerpt: String?
        let source: String?
    }

    /// Names under one heading: a step's passed cases, the cases skipped for one reason.
    struct Names {
        let heading: String
        let names: [String]
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

    struct Log {
        let path: String
        let link: String
        let text: String
    }

    let anchor: String
    let name: String
    let outcome: String
    let badge: String
    let counts: String
    let length: String
    /// `os:rocky10 platform:podman`, for the query box.
    let terms: String
    let isFull: Bool
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
    let log: Log?
    let files: [File]
    /// Whether each list has elements: Mustache would repeat a list's heading for every element.
    let hasProblems: Bool
    let hasNotes: Bool
    let hasFlaky: Bool
    let hasSkipped: Bool
    let hasPassed: Bool
    let hasPhases: Bool
    let hasHosts: Bool
    let hasFiles: Bool

    /// The sections of a page, in plan order.
    static func all(of run: ReportedRun, directory: String, _ anchors: Anchors, _ allowance: PageBudget) -> [CellView] {
        var used: Set<String> = []
        let full = fullCells(of: run)
        return run.cells.prefix(HTMLLimits.cells).enumerated().compactMap { index, cell in
            guard let anchor = anchors[cell], used.insert(anchor).inserted else { return nil }
            return CellView(cell, of: run, anchor: anchor, isFull: full.contains(index), root: "", directory: directory, allowance)
        }
    }

    /// How many cells a page shows in full.
    static func fullCount(of run: ReportedRun) -> Int { fullCells(of: run).count }

    /// All cells; only those with problems if there are too many.
    private static func fullCells(of run: ReportedRun) -> Set<Int> {
        guard run.cells.count > HTMLLimits.fullCells else { return Set(run.cells.indices) }
        return Set(run.cells.prefix(HTMLLimits.cells).indices.filter { run.cells[$0].outcome.isProblem }.prefix(HTMLLimits.fullCellsOfMany))
    }

    /// - Parameter root: the relative path from the page to the report's folder: empty, or `../`.
    init(_ cell: CellResult, of run: ReportedRun, anchor: String, isFull: Bool, root: String, directory: String, _ allowance: PageBudget) {
        let bad = isFull ? cell.cases.filter(\.outcome.isProblem) : []
        let shown = allowance.problems(of: bad.count)
        self.anchor = anchor
        name = ReportText.line(cell.name, limit: 200)
        outcome = cell.outcome.rawValue
        badge = "\(cell.outcome.glyph) \(cell.word)"
        counts = Tally(cell).caseWords
        length = Brief.length(cell.seconds)
        terms = (["s:\(cell.outcome.rawValue)"] + cell.point.map { "\($0.axis):\(ReportText.line($0.value, limit: 80))" }).joined(
            separator: " ")
        problems = bad.prefix(shown).map { CellParts.problem($0, allowance) }
        hiddenProblems = bad.count > shown ? bad.count - shown : nil
        notes = isFull ? cell.cases.filter { $0.note != nil }.prefix(20).map(CellParts.note) : []
        flaky = isFull ? cell.cases.filter { $0.outcome == .passed && !$0.attempts.isEmpty }.prefix(20).map(CellParts.flaky) : []
        phases = isFull ? CellParts.phases(cell, of: run) : []
        hosts = isFull ? CellParts.hosts(cell) : []
        log = isFull ? CellParts.log(cell, root: root, directory: directory, allowance) : nil
        files = isFull ? CellParts.files(cell, root: root, directory: directory) : []
        passed = isFull ? CellParts.passed(cell, allowance) : []
        skipped = isFull ? CellParts.skipped(cell, allowance) : []
        self.isFull = isFull
        let isWhole = isFull && hiddenProblems == nil && !(passed + skipped).contains { $0.hidden != nil }
        page = isWhole ? nil : CellPage.path(anchor)
        hasProblems = !bad.isEmpty
        hasNotes = !notes.isEmpty
        hasFlaky = !flaky.isEmpty
        hasSkipped = !skipped.isEmpty
        hasPassed = !passed.isEmpty
        hasPhases = !phases.isEmpty
        hasHosts = !hosts.isEmpty
        hasFiles = !files.isEmpty
    }
}
