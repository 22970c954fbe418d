import MatrixCore
import MatrixReports

/// A finished run as text: the table on standard output.
struct RunSummary {
    let result: RunResult
    let reports: WrittenReports
    let coloured: Bool

    var text: String {
        [table, problems, notes, leaks, kept, closing].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var table: String {
        let rows = result.cells.map { cell in
            [
                cell.name, Mark.text(cell.outcome, coloured: false) + (cell.experimental ? " (experimental)" : ""),
                Mark.counts(cell.cases.map(\.outcome)) + (PassedNote.count(in: cell) > 0 ? " \(PassedNote.glyph)" : ""),
                Duration.seconds(cell.finished.seconds(since: cell.started)).brief, slowest(cell),
            ]
        }
        let table = Table(headings: ["CELL", "VERDICT", "CASES", "TIME", "PHASES"], rows: rows)
        return coloured ? table.coloured(by: result.cells.map(\.outcome)) : table.text
    }

    private func slowest(_ cell: CellResult) -> String {
        Phase.allCases.compactMap { phase in
            let seconds = cell.phases.filter { $0.phase == phase }.reduce(0) { $0 + $1.finished.seconds(since: $1.started) }
            return seconds > 0.05 ? "\(phase.rawValue) \(Duration.bounded(seconds: seconds).brief)" : nil
        }.joined(separator: ", ")
    }

    private var problems: String {
        result.cells.flatMap { cell in
            cell.cases.filter { [.failed, .error, .interrupted].contains($0.outcome) }.map { problem(in: cell, $0) }
                + skipped(cell)
        }.joined(separator: "\n")
    }

    private func skipped(_ cell: CellResult) -> [String] {
        guard cell.outcome == .skipped, let first = cell.cases.first, let reason = first.message else { return [] }
        let next = first.detail?.split(separator: "\n").filter { $0.hasPrefix("next: ") }.map { "    \($0)" } ?? []
        return (["\(Mark.glyph(.skipped)) \(cell.name): \(reason)"] + next)
    }

    private func problem(in cell: CellResult, _ result: CaseResult) -> String {
        let place = result.location.map { "\n    at \($0)" } ?? ""
        let step = result.step == result.name ? result.step : "\(result.step): \(result.name)"
        let head = "\(Mark.glyph(result.outcome)) \(cell.name): \(step): \(result.message ?? result.outcome.rawValue)"
        let detail = (result.detail ?? "").split(separator: "\n").prefix(20).map { "    \($0)" }.joined(separator: "\n")
        let painted = Mark.paint(head, Mark.colour(result.outcome), coloured: coloured)
        return "\(painted)\(place)\n\(detail)"
    }

    /// What passed, but passed over something.
    private var notes: String {
        PassedNote.all(of: result.cells).map { noted in
            let cells = noted.cells.prefix(5).joined(separator: ", ") + (noted.cells.count > 5 ? " and \(noted.cells.count - 5) more" : "")
            return Mark.note("\(PassedNote.glyph) \(cells): \(noted.title): \(noted.note)", coloured: coloured)
        }.joined(separator: "\n")
    }

    private var leaks: String {
        result.leaks.map { "LEFT BEHIND: \($0.what): \($0.reason)\n    remove it: \($0.command)" }.joined(separator: "\n")
    }

    private var kept: String {
        let cells = Set(result.kept.map(\.cell)).sorted()
        return cells.map { cell in
            """
            kept: \(cell)\(charge(of: cell))
            \(KeptCommands(cell: cell, file: result.file, entrances: result.entrances).all.map { "    \($0)" }.joined(separator: "\n"))
            """
        }.joined(separator: "\n")
    }

    private func charge(of cell: String) -> String {
        let prices = result.kept.filter { $0.cell == cell }.compactMap(\.price)
        return Cost.sums(prices.map { Cost($0.hourly, $0.currency) }).map { ", which costs \($0) an hour" }.joined()
    }

    /// Where the reports are, and the problems with them.
    private var written: String {
        (["reports: \(reports.first ?? "none")"] + result.warnings.filter { $0.severity == .error }.map(\.description)).joined(
            separator: "\n")
    }

    private var closing: String {
        let cells = Mark.counts(result.cells.map(\.outcome))
        let left = result.notSelected.isEmpty ? "" : ", \(result.notSelected.count) not selected"
        let time = Duration.seconds(result.finished.seconds(since: result.started)).brief
        let cost = result.costs.map { ", for \($0)" }.joined()
        return "run \(result.run): \(cells)\(left) in \(time)\(cost); exit status \(result.exitStatus.rawValue)\n\(written)"
    }
}
