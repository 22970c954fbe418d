internal import MatrixCore

/// The counts of a suite.
struct JUnitTotals {
    var tests = 0
    var failures = 0
    var errors = 0
    var skipped = 0

    static func + (left: JUnitTotals, right: JUnitTotals) -> JUnitTotals {
        JUnitTotals(
            tests: left.tests + right.tests, failures: left.failures + right.failures, errors: left.errors + right.errors,
            skipped: left.skipped + right.skipped)
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

extension JUnitTotals {
    init(_ cell: CellResult, of run: ReportedRun) {
        self.init()
        for test in cell.cases { count(JUnitVerdict(test, in: cell, of: run)) }
    }
}
