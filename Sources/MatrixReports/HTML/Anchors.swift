internal import MatrixCore

/// The `id` of each cell's section: `cell-<name>`.
struct Anchors {
    private let byCell: [String: String]

    init(_ cells: [CellResult]) {
        var anchors: [String: String] = [:]
        var used: Set<String> = []
        for cell in cells.prefix(HTMLLimits.cells) where anchors[cell.name] == nil {
            let base = "cell-" + String(ReportText.line(cell.name, limit: 120).map { Self.isAllowed($0) ? $0 : "-" })
            anchors[cell.name] = used.insertUnique(base) { "\($0)-\($1)" }
        }
        byCell = anchors
    }

    /// Nil for a cell without a section.
    subscript(cell: CellResult) -> String? { byCell[cell.name] }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "-" || character == "_" || character == ".")
    }
}
