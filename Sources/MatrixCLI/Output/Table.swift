import TextTable

/// Rows of text under headings, aligned with spaces.
struct Table {
    var headings: [String]
    var rows: [[String]]

    /// The table as lines, without trailing spaces.
    var text: String {
        let headings = self.headings
        let widest = headings.indices.map { column in ([headings] + rows).map { $0[column].count }.max() ?? 0 }
        let table = TextTable<[String]> { row in
            headings.indices.map { Column(title: headings[$0], value: row[$0], width: widest[$0] + 1) }
        }
        let text = table.string(for: rows, style: Plain.self) ?? ""
        return text.split(separator: "\n").map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
