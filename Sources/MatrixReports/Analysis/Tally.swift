internal import MatrixCore

/// How many cells and cases of a run have each outcome.
struct Tally {
    /// Cells that count for the exit status.
    private(set) var cells: [Outcome: Int] = [:]
    /// Experimental cells with a problem; ``cells`` does not count them.
    private(set) var experimentalProblems = 0
    private(set) var cases: [Outcome: Int] = [:]
    /// Cases that passed on a retry.
    private(set) var flaky = 0
    /// Cases that passed with a note.
    private(set) var noted = 0

    init(_ cells: [CellResult]) {
        for cell in cells {
            if cell.experimental && cell.outcome.isProblem { experimentalProblems += 1 } else { self.cells[cell.outcome, default: 0] += 1 }
            for test in cell.cases {
                cases[test.outcome, default: 0] += 1
                if test.outcome == .passed && !test.attempts.isEmpty { flaky += 1 }
                if test.note != nil { noted += 1 }
            }
        }
    }

    init(_ cell: CellResult) { self.init([cell]) }

    var cellCount: Int { cells.values.reduce(0, +) + experimentalProblems }
    var caseCount: Int { cases.values.reduce(0, +) }

    /// `3 passed, 1 failed`, without zeros.
    var cellWords: String {
        let experimental = experimentalProblems > 0 ? "\(experimentalProblems) experimental with problems" : ""
        return [Self.words(cells), experimental].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// `77 passed, 3 failed`.
    static func cells(_ count: Int) -> String { count == 1 ? "1 cell" : "\(count) cells" }

    var caseWords: String { Self.words(cases) }

    private static func words(_ counts: [Outcome: Int]) -> String {
        Outcome.allCases.compactMap { outcome in counts[outcome].map { "\($0) \(outcome.words($0))" } }.joined(separator: ", ")
    }
}
