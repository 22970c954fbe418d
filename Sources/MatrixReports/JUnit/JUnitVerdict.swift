internal import MatrixCore

/// The JUnit result of a case.
enum JUnitVerdict: Equatable {
    case passed
    case failure
    case error
    /// With the reason, never empty.
    case skipped(String)

    init(_ test: CaseResult, in cell: CellResult, of run: ReportedRun) {
        switch test.outcome {
        case .passed: self = .passed
        case .skipped: self = .skipped(Self.reason(test))
        case .failed, .error, .interrupted:
            if !run.counts(test, in: cell) {
                self = .skipped(ReportText.line("experimental: \(Self.message(test))", limit: JUnitLimits.label))
            } else {
                self = test.outcome == .failed ? .failure : .error
            }
        }
    }

    /// What was wrong, on one line.
    static func message(_ test: CaseResult) -> String {
        message(test.message, or: test.detail, outcome: test.outcome)
    }

    static func message(_ message: String?, or detail: String?, outcome: Outcome) -> String {
        for case let text? in [message, detail?.split(whereSeparator: \.isNewline).first.map(String.init)] {
            let line = ReportText.line(text, limit: JUnitLimits.message)
            if !line.isEmpty { return line }
        }
        return "\(outcome.rawValue) without a message"
    }

    private static func reason(_ test: CaseResult) -> String {
        let line = ReportText.line(test.message ?? "", limit: JUnitLimits.label)
        return line.isEmpty ? "not run" : line
    }
}
