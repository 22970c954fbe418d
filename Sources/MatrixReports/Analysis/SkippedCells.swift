public import MatrixCore

/// Cells that were skipped for one reason, and what to do so that they are not.
public struct SkippedCells: Sendable {
    /// The reason of the first cell.
    public let reason: String
    /// What the platform says to do next; one text for each that differs.
    public private(set) var steps: [String]
    /// The names of the cells, in plan order.
    public private(set) var cells: [String]

    /// The skipped cells by reason, even if the reasons differ in the names of the cells.
    public static func all(of cells: [CellResult]) -> [SkippedCells] {
        var groups: [SkippedCells] = []
        var places: [String: Int] = [:]
        for cell in cells where cell.outcome == .skipped {
            let first = cell.cases.first { $0.outcome == .skipped }
            let reason = ReportText.line(first?.message ?? "", limit: JUnitLimits.message)
            let shape = ErrorShape(cell).message(reason)
            let steps = first.map(Self.steps) ?? []
            guard let place = places[shape] else {
                places[shape] = groups.count
                groups.append(SkippedCells(reason: reason.isEmpty ? "without a reason" : reason, steps: steps, cells: [cell.name]))
                continue
            }
            groups[place].cells.append(cell.name)
            groups[place].steps = (groups[place].steps + steps).unique
        }
        return groups
    }

    /// The lines of a case that begin with `next: `.
    static func steps(of test: CaseResult) -> [String] {
        (test.detail ?? "").split(whereSeparator: \.isNewline).compactMap { line in
            line.hasPrefix("next: ") ? ReportText.line(String(line.dropFirst(6)), limit: JUnitLimits.message) : nil
        }.filter { !$0.isEmpty }.unique
    }
}
