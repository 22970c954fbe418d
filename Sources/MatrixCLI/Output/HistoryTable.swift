import MatrixCore
import MatrixLedger

/// Verdicts over time as text: a strip of glyphs for each cell or case, the newest at its end.
struct HistoryTable {
    static let legend = "newest last; ✓ passed  ~ passed on a retry  ✗ failed  ! error  ■ interrupted  – skipped"
    let isOfOneMatrix: Bool

    func cells(_ histories: [VerdictHistory]) -> String {
        table(histories, headings: ["CELL"]) { [$0.cell] }
    }

    func cases(_ histories: [VerdictHistory]) -> String {
        table(histories, headings: ["CASE", "CELL"]) { history in
            let name = history.name ?? ""
            return [history.step == history.phase?.rawValue ? name : "\(history.step ?? ""): \(name)", history.cell]
        }
    }

    private func table(_ histories: [VerdictHistory], headings: [String], _ names: (VerdictHistory) -> [String]) -> String {
        guard !histories.isEmpty else { return "" }
        let rows = histories.map { history in
            names(history) + (isOfOneMatrix ? [] : [history.matrix])
                + [Self.word(history), "\(history.passed) of \(history.asked)", history.verdicts.map(Self.glyph).joined()]
        }
        return Table(headings: headings + (isOfOneMatrix ? [] : ["MATRIX"]) + ["STATE", "PASSED", "VERDICTS"], rows: rows).text
    }

    private static func glyph(_ verdict: VerdictHistory.Verdict) -> String {
        verdict.outcome == .passed && verdict.attempts > 0 ? "~" : Mark.glyph(verdict.outcome)
    }

    private static func word(_ history: VerdictHistory) -> String {
        if history.isFlaky { return "flaky" }
        return history.verdicts.last?.outcome == .passed ? "passing" : history.verdicts.last?.outcome.rawValue ?? ""
    }
}
