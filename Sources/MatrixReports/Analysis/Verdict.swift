internal import MatrixCore

/// The first line of a report: how the run ended.
struct Verdict {
    let outcome: Outcome
    /// Without the glyph: `1 of 4 cells failed`.
    let headline: String

    init(_ run: ReportedRun, tally: Tally) {
        let result = run.result
        let count = tally.cellCount
        switch result.exitStatus {
        case .passed:
            outcome = .passed
            headline = Self.passed(tally)
        case .failed:
            outcome = .failed
            headline = "\(tally.cells[.failed] ?? 0) of \(Tally.cells(count)) failed"
        case .leaked:
            outcome = .error
            headline =
                result.leaks.count == 1 ? "A resource may be left behind" : "\(max(result.leaks.count, 2)) resources may be left behind"
        case .hungUp, .interrupted, .killed, .terminated:
            outcome = .interrupted
            let unfinished = count - (tally.cells[.passed] ?? 0) - (tally.cells[.failed] ?? 0)
            headline = "Interrupted: \(unfinished) of \(Tally.cells(count)) reached no verdict"
        case .usage, .infrastructure:
            outcome = .error
            let errors = tally.cells[.error] ?? 0
            headline =
                if result.unfinished == true {
                    "Not finished: the run goes on, or its process died"
                } else if errors > 0 {
                    "No verdict in \(errors) of \(Tally.cells(count))"
                } else if result.warnings.contains(where: { $0.severity == .error }) {
                    "A report or the ledger could not be written"
                } else {
                    "No cell reached a verdict"
                }
        }
    }

    private static func passed(_ tally: Tally) -> String {
        let passed = tally.cells[.passed] ?? 0
        let others = tally.cellCount - passed
        guard others > 0 else { return passed == 1 ? "The only cell passed" : "All \(passed) cells passed" }
        let rest = [
            tally.cells[.skipped].map { "\($0) skipped" },
            tally.experimentalProblems > 0 ? "\(tally.experimentalProblems) experimental with problems" : nil,
        ]
        return (["\(passed) of \(Tally.cells(tally.cellCount)) passed"] + rest.compactMap(\.self)).joined(separator: ", ")
    }
}
