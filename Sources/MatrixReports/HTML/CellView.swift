internal import MatrixCore

/// The section of one cell: its problems first, then everything else that is known of it.
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

    let anchor: String
    let name: String
    let outcome: String
    let badge: String
    let counts: String
    let length: String
    /// `os:rocky10 platform:podman`, for the query box.
    let terms: String
    let problems: [Problem]
    let hiddenProblems: Int?
    let flaky: [Fact]
    let skipped: [Names]
    let passed: [Names]
    let phases: [PhaseRow]
    let hosts: [HostRow]
    let files: [File]
    /// Whether each list has anything: Mustache would write a heading for every element.
    let hasProblems: Bool
    let hasFlaky: Bool
    let hasSkipped: Bool
    let hasPassed: Bool
    let hasPhases: Bool
    let hasHosts: Bool
    let hasFiles: Bool

    static func all(of run: ReportedRun, directory: String, _ anchors: Anchors, _ allowance: Allowance) -> [CellView] {
        var used: Set<String> = []
        return run.cells.prefix(HTMLLimits.cells).compactMap { cell in
            guard let anchor = anchors[cell], used.insert(anchor).inserted else { return nil }
            let isFull = run.cells.count <= HTMLLimits.fullCells || cell.outcome.isProblem
            return CellView(cell, of: run, anchor: anchor, isFull: isFull, directory: directory, allowance)
        }
    }

    private init(_ cell: CellResult, of run: ReportedRun, anchor: String, isFull: Bool, directory: String, _ allowance: Allowance) {
        let bad = cell.cases.filter(\.outcome.isProblem)
        let shown = allowance.problems(of: bad.count)
        self.anchor = anchor
        name = ReportText.line(cell.name, limit: 200)
        outcome = cell.outcome.rawValue
        badge = "\(cell.outcome.glyph) \(cell.word)"
        counts = Tally(cell).caseWords
        length = Brief.length(cell.seconds)
        terms = (["s:\(cell.outcome.rawValue)"] + cell.point.map { "\($0.axis):\(ReportText.line($0.value, limit: 80))" }).joined(separator: " ")
        problems = bad.prefix(shown).map { CellParts.problem($0, allowance) }
        hiddenProblems = bad.count > shown ? bad.count - shown : nil
        flaky = cell.cases.filter { $0.outcome == .passed && !$0.attempts.isEmpty }.prefix(20).map(CellParts.flaky)
        skipped = CellParts.skipped(cell, allowance)
        passed = CellParts.passed(cell, allowance)
        phases = isFull ? CellParts.phases(cell, of: run) : []
        hosts = isFull ? CellParts.hosts(cell) : []
        files = isFull ? CellParts.files(cell, directory: directory) : []
        hasProblems = !bad.isEmpty
        hasFlaky = !flaky.isEmpty
        hasSkipped = !skipped.isEmpty
        hasPassed = !passed.isEmpty
        hasPhases = !phases.isEmpty
        hasHosts = !hosts.isEmpty
        hasFiles = !files.isEmpty
    }
}
