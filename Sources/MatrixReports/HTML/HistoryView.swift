internal import MatrixCore

/// The strip of earlier runs: each cell's outcomes, oldest first, this run last.
struct HistoryView {
    struct Column {
        /// `11-20 05:01`.
        let date: String
        let run: String
    }

    struct Row {
        let name: String
        let anchor: String?
        let places: [Place]
    }

    struct Place {
        let style: String
        let glyph: String
    }

    let columns: [Column]
    let rows: [Row]
    let hiddenRows: Int?
    let legend: String

    /// Nil if no earlier run is known.
    init?(_ run: ReportedRun, _ anchors: Anchors) {
        guard let past = run.result.past, !past.isEmpty else { return nil }
        let runs = Array(past.prefix(HTMLLimits.pastRuns).reversed())
        columns =
            runs.map { Column(date: Self.date($0.started), run: ReportText.line($0.run.value, limit: 40)) }
            + [Column(date: "this run", run: ReportText.line(run.result.run.value, limit: 40))]
        let chosen = Self.chosen(run.cells, runs)
        let whole = Row(
            name: "the whole run", anchor: nil,
            places: (runs.map(\.exitStatus) + [run.result.exitStatus]).map { Self.place(Self.outcome($0)) })
        rows =
            [whole]
            + chosen.map { cell in
                Row(
                    name: ReportText.line(cell.name, limit: 120), anchor: anchors[cell],
                    places: runs.map { Self.place($0.outcomes[cell.name]) } + [Self.place(cell.outcome)])
            }
        hiddenRows = chosen.count < run.cells.count ? run.cells.count - chosen.count : nil
        legend = (Outcome.allCases.map(\.badge) + ["· not in that run"]).joined(separator: "   ")
    }

    /// All cells; only those whose outcome changed if there are too many.
    private static func chosen(_ cells: [CellResult], _ runs: [PastRun]) -> [CellResult] {
        guard cells.count > HTMLLimits.historyCells else { return cells }
        return Array(
            cells.filter { cell in runs.contains { $0.outcomes[cell.name] ?? cell.outcome != cell.outcome } }.prefix(
                HTMLLimits.historyCells))
    }

    private static func place(_ outcome: Outcome?) -> Place {
        Place(style: outcome?.rawValue ?? "none", glyph: outcome?.glyph ?? "·")
    }

    private static func outcome(_ exitStatus: ExitStatus) -> Outcome {
        switch exitStatus {
        case .passed: .passed
        case .failed: .failed
        case .hungUp, .interrupted, .killed, .terminated: .interrupted
        case .usage, .infrastructure, .leaked: .error
        }
    }

    private static func date(_ time: Timestamp) -> String {
        let text = time.description
        return "\(text.dropFirst(5).prefix(5)) \(text.dropFirst(11).prefix(5))"
    }
}
