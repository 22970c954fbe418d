internal import MatrixCore

/// How many cases of a run have each outcome.
struct Tally {
    private(set) var cases: [Outcome: Int] = [:]
    /// Cases that passed on a retry.
    private(set) var flaky = 0
    /// Cases that passed with a note.
    private(set) var noted = 0

    init(_ cells: [CellResult]) {
        for cell in cells {
            // One fault is one problem, even if its step failed for it too.
            for test in cell.cases where !cell.repeats(test) {
                cases[test.outcome, default: 0] += 1
                if test.outcome == .passed && !test.attempts.isEmpty { flaky += 1 }
                if test.note != nil { noted += 1 }
            }
        }
    }

    init(_ cell: CellResult) { self.init([cell]) }

    var caseCount: Int { cases.values.reduce(0, +) }

    /// `1 cell`, `2 cells`.
    static func cells(_ count: Int) -> String { count == 1 ? "1 cell" : "\(count) cells" }

    /// `77 passed, 3 failed`, without zeros.
    var caseWords: String { Self.words(cases) }

    private static func words(_ counts: [Outcome: Int]) -> String {
        Outcome.allCases.compactMap { outcome in counts[outcome].map { "\($0) \(outcome.words($0))" } }.joined(separator: ", ")
    }
}
