internal import MatrixCore

/// The counts of a suite.
struct JUnitTotals {
    var tests = 0
    var failures = 0
    var errors = 0
    var skipped = 0

    init() {}

    init(_ cell: CellResult, of run: ReportedRun) {
        for test in cell.cases { count(JUnitVerdict(test, in: cell, of: run)) }
    }

    static func + (left: JUnitTotals, right: JUnitTotals) -> JUnitTotals {
        var sum = left
        sum.tests += right.tests
        sum.failures += right.failures
        sum.errors += right.errors
        sum.skipped += right.skipped
        return sum
    }

    private mutating func count(_ verdict: JUnitVerdict) {
        tests += 1
        switch verdict {
        case .passed: break
        case .failure: failures += 1
        case .error: errors += 1
        case .skipped: skipped += 1
        }
    }
}
