import MatrixCore
import MatrixReports

/// Two runs compared, as text.
struct ComparisonText {
    let comparison: RunComparison

    var text: String {
        let head = "\(comparison.now) since \(comparison.before): \(comparison.words)"
        let parts = [
            cells, list("NEW", comparison.new), list("FIXED", comparison.fixed), list("STILL BROKEN", comparison.remaining),
            list("NOT RUN AGAIN", comparison.unasked),
        ]
        return ([head] + parts.filter { !$0.isEmpty }).joined(separator: "\n\n")
    }

    private var cells: String {
        guard !comparison.cells.isEmpty else { return "" }
        let rows = comparison.cells.map { [$0.cell, Self.word($0.before), Self.word($0.now)] }
        return Table(headings: ["CELL", "BEFORE", "NOW"], rows: rows).text
    }

    private static func word(_ outcome: Outcome?) -> String {
        outcome.map { Mark.text($0, coloured: false) } ?? "no such cell"
    }

    private func list(_ heading: String, _ cases: [RunComparison.Case]) -> String {
        guard !cases.isEmpty else { return "" }
        let lines = cases.map { "\(Mark.glyph($0.outcome)) \($0.cell): \($0.title)\($0.message.map { ": \($0)" } ?? "")" }
        return ([heading] + lines).joined(separator: "\n")
    }
}
