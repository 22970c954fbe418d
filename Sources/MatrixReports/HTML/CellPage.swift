internal import MatrixCore

/// The page of one cell, if the report's page has no room for it. `cell.mustache` renders it.
struct CellPage {
    let title: String
    let glyph: String
    let outcome: String
    let headline: String
    let matrix: String
    /// The link back to the cell's line on the report's page.
    let back: String
    /// Exactly one: the template of the report's page renders it.
    let cells: [CellView]
    let logs: [LogView]
    let hasLogs: Bool
    let style: String

    /// Relative to the report's folder.
    static func path(_ anchor: String) -> String { "cells/\(anchor).html" }

    init(_ cell: CellResult, of run: ReportedRun, anchor: String, _ anchors: Anchors, directory: String, style: String) {
        let allowance = PageBudget(cells: 1)
        let logs = PageLogs([cell], anchors, root: "../", directory: directory, allowance, growing: run.activity?.logs ?? [])
        let context = CellView.Context(anchors: anchors, logs: logs, root: "../", directory: directory)
        let view = CellView(cell, of: run, anchor: anchor, isFull: true, context, allowance)
        self.logs = logs.all
        hasLogs = !logs.all.isEmpty
        matrix = ReportText.line(run.result.matrix, limit: 200)
        headline = view.name
        glyph = CellFace(cell, run.activity).glyph
        outcome = view.outcome
        title = "\(view.badge): \(view.name) – \(matrix)"
        back = "../\(HTMLReporter.name)#\(anchor)"
        cells = [view]
        self.style = style
    }
}
