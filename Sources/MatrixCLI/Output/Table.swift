import MatrixCore
import TextTable

/// Rows of text under headings, aligned with spaces.
struct Table {
    var headings: [String]
    var rows: [[String]]

    /// The columns of its widest line.
    var columns: Int {
        let widths = headings.indices.map { column in ([headings] + rows).map { $0[column].columns }.max() ?? 0 }
        return widths.reduce(0, +) + 2 * max(0, widths.count - 1)
    }

    /// The table without one of its columns.
    func without(_ heading: String) -> Table {
        guard let column = headings.firstIndex(of: heading) else { return self }
        var table = self
        table.headings.remove(at: column)
        for row in table.rows.indices { table.rows[row].remove(at: column) }
        return table
    }

    /// The text with the word of each row's outcome in its colour.
    func coloured(by outcomes: [Outcome]) -> String {
        text.split(separator: "\n").enumerated().map { index, line in
            guard index > 0 else { return String(line) }
            let outcome = outcomes[index - 1]
            return String(line).replacing(Mark.text(outcome, coloured: false), with: Mark.text(outcome, coloured: true), maxReplacements: 1)
        }.joined(separator: "\n")
    }

    /// The table as lines, without trailing spaces.
    var text: String {
        let headings = self.headings
        let widest = headings.indices.map { column in ([headings] + rows).map { $0[column].count }.max() ?? 0 }
        let table = TextTable<[String]> { row in
            headings.indices.map { Column(title: headings[$0], value: row[$0], width: widest[$0] + 1) }
        }
        let text = table.string(for: rows, style: Plain.self) ?? ""
        return text.split(separator: "\n").map(\.trimmedAtEnd).joined(separator: "\n")
    }
}
