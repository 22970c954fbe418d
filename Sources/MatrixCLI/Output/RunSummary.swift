import MatrixCore
import MatrixReports

/// A finished run as text on standard output: what broke, the table, what stays, and in the last line how it ended.
struct RunSummary {
    let result: RunResult
    let reports: WrittenReports
    let coloured: Bool
    /// The columns of the terminal; without one, nothing is cut.
    let columns: Int?
    private let digest: RunDigest

    init(result: RunResult, reports: WrittenReports, coloured: Bool, columns: Int? = nil) {
        self.result = result
        self.reports = reports
        self.coloured = coloured
        self.columns = columns
        digest = RunDigest(result)
    }

    var text: String {
        [
            causes, skipped, notes, table, leaks,
            KeptText(resources: result.kept, file: result.file, entrances: result.entrances ?? []).text, closing,
        ]
        .filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// Resources left behind and files that could not be written come elsewhere.
    private var causes: String {
        let shown = digest.causes.filter { cause in
            cause.example.type != ProblemType.leak.rawValue && !(cause.cells.isEmpty && errors.contains(cause.example.message ?? ""))
        }
        return shown.map { CauseText(cause: $0, coloured: coloured).text }.joined(separator: "\n")
    }

    /// Cells that were not tried, by their reason.
    private var skipped: String {
        var groups: [(reason: String, next: [String], cells: [String])] = []
        for cell in digest.cells where cell.outcome == .skipped {
            guard let first = cell.cases.first(where: { $0.message != nil }), let reason = first.message else { continue }
            let next = first.detail?.split(separator: "\n").filter { $0.hasPrefix("next: ") }.map(String.init) ?? []
            if let index = groups.firstIndex(where: { $0.reason == reason && $0.next == next }) {
                groups[index].cells.append(cell.name)
            } else {
                groups.append((reason, next, [cell.name]))
            }
        }
        return groups.map { group in
            let head = "\(Mark.glyph(.skipped)) \(CauseText.names(group.cells)): \(group.reason)"
            return ([Mark.note(head, coloured: coloured)] + group.next.map { "    \($0)" }).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// What passed, but passed over something.
    private var notes: String {
        PassedNote.all(of: result.cells).map { noted in
            Mark.note("\(PassedNote.glyph) \(CauseText.names(noted.cells)): \(noted.title): \(noted.note)", coloured: coloured)
        }.joined(separator: "\n")
    }

    /// The table in the screen's width, or 80 columns: first without the phases, then with short counts, at last with shorter names.
    private var table: String {
        let width = columns ?? 80
        var table = table(Mark.counts).fitting(width, droppingFirst: ["PHASES"])
        if table.columns > width { table = self.table(Mark.briefCounts).fitting(width, droppingFirst: ["PHASES"]) }
        if let columns { table = table.shortening("CELL", to: columns) }
        return coloured ? table.coloured(by: digest.cells.map(\.outcome)) : table.text
    }

    private func table(_ counts: ([Outcome]) -> String) -> Table {
        let rows = digest.cells.map { cell in
            [
                cell.name, Mark.text(cell.outcome, coloured: false) + (cell.experimental ? " (experimental)" : ""),
                counts(cell.cases.map(\.outcome)) + (PassedNote.count(in: cell) > 0 ? " \(PassedNote.glyph)" : ""),
                Duration.seconds(cell.finished.seconds(since: cell.started)).brief, slowest(cell),
            ]
        }
        return Table(headings: ["CELL", "VERDICT", "CASES", "TIME", "PHASES"], rows: rows)
    }

    private func slowest(_ cell: CellResult) -> String {
        Phase.allCases.compactMap { phase in
            let seconds = cell.phases.filter { $0.phase == phase }.reduce(0) { $0 + $1.finished.seconds(since: $1.started) }
            return seconds > 0.05 ? "\(phase.rawValue) \(Duration.bounded(seconds: seconds).brief)" : nil
        }.joined(separator: ", ")
    }

    private var leaks: String {
        result.leaks.map { "LEFT BEHIND: \($0.what): \($0.reason)\n    remove it: \($0.command)" }.joined(separator: "\n")
    }

    /// Reports and a ledger that could not be written.
    private var errors: [String] { result.warnings.filter { $0.severity == .error }.map(\.description) }

    private var closing: String {
        let cells = Mark.counts(digest.cells.map(\.outcome))
        let left = result.notSelected.isEmpty ? "" : ", \(result.notSelected.count) not selected"
        let time = Duration.seconds(result.finished.seconds(since: result.started)).brief
        let cost = result.costs.map { ", for \($0)" }.joined()
        let status = result.exitStatus == .passed ? "exit status 0" : digest.status
        let headline = Mark.paint(digest.sentence, Mark.colour(digest.outcome), coloured: coloured)
        let page = reports.openCommand.map { "; open the page: \($0)" } ?? ""
        return
            (["run \(result.run): \(cells)\(left) in \(time)\(cost); \(status)", "reports: \(reports.first ?? "none")"] + errors
            + [headline + page]).joined(separator: "\n")
    }
}
