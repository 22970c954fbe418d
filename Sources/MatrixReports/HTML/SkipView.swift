internal import MatrixCore

/// Skipped cells beside the headline: why, and what to do.
struct SkipView {
    /// A cell, with its section.
    struct Cell {
        let name: String
        let anchor: String?
        /// `, ` before all cells but the first.
        let comma: String
    }

    /// `2 cells skipped`.
    let words: String
    let cells: [Cell]
    let hiddenCells: Int?
    let reason: String
    let steps: [String]

    init(_ skipped: SkippedCells, anchors: [String: String]) {
        words = "\(Tally.cells(skipped.cells.count)) skipped"
        cells = skipped.cells.prefix(HTMLLimits.skips).enumerated().map { index, name in
            Cell(name: ReportText.line(name, limit: 80), anchor: anchors[name], comma: index == 0 ? "" : ", ")
        }
        hiddenCells = skipped.cells.count > HTMLLimits.skips ? skipped.cells.count - HTMLLimits.skips : nil
        reason = ReportText.line(skipped.reason, limit: HTMLLimits.line)
        steps = skipped.steps.prefix(HTMLLimits.skips).map { ReportText.line($0, limit: HTMLLimits.line) }
    }
}
