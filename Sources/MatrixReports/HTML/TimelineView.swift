internal import MatrixCore

/// When each cell did what: a lane with bars, and the lengths as numbers next to it.
struct TimelineView {
    /// One try of one phase, in thousandths of the run.
    struct Bar {
        let style: String
        let fill: String
        let x: Int
        let width: Int
        let isBad: Bool
    }

    struct Lane {
        let cell: String
        let anchor: String?
        let outcome: String
        let bars: [Bar]
        /// A text for each column.
        let lengths: [String]
        /// Where now is, for a run that goes on.
        let now: Int?
    }

    struct Column {
        let name: String
        let style: String
        let fill: String
    }

    let lanes: [Lane]
    let hiddenLanes: Int?
    let columns: [Column]
    /// `0s`, …, the run's length.
    let ticks: [String]

    /// The fill colours are used if style sheets are blocked.
    private static let fills: [(style: String, fill: String)] = [
        ("wait", "#d5d0c6"), ("create", "#5f7fae"), ("provision", "#3f9189"), ("deploy", "#b9822f"), ("verify", "#8264a8"),
        ("finally", "#a06a52"), ("destroy", "#77736b"),
    ]

    init(_ run: ReportedRun, _ anchors: Anchors) {
        let start = run.result.started
        let known = max(run.result.finished.seconds, run.cells.map(\.finished.seconds).max() ?? 0)
        let end = run.activity.map { max(known, $0.now.seconds + ($0.remaining ?? 0)) } ?? known
        let span = max(Decimal.sane(end - start.seconds), 0.001)
        let chosen = Self.chosen(run.cells)
        lanes = chosen.map { Self.lane($0, start: start, span: span, anchors, run.activity) }
        hiddenLanes = chosen.count < run.cells.count ? run.cells.count - chosen.count : nil
        columns = Self.fills.map { Column(name: $0.style, style: $0.style, fill: $0.fill) }
        ticks = (0...4).map { Brief.length(span * Double($0) / 4) }
    }

    /// All cells in plan order; if there are too many, those with problems and then the longest.
    private static func chosen(_ cells: [CellResult]) -> [CellResult] {
        guard cells.count > HTMLLimits.lanes else { return cells }
        let ranked = cells.indices.sorted { left, right in
            let (first, second) = (cells[left], cells[right])
            return first.outcome.isProblem != second.outcome.isProblem ? first.outcome.isProblem : first.seconds > second.seconds
        }
        return ranked.prefix(HTMLLimits.lanes).sorted().map { cells[$0] }
    }

    private static func lane(
        _ cell: CellResult, start: Timestamp, span: Double, _ anchors: Anchors, _ activity: RunActivity?
    ) -> Lane {
        let wait = Decimal.sane(cell.started.seconds(since: cell.queued))
        var bars: [Bar] = []
        if wait > 0 { bars.append(bar(0, from: cell.queued, to: cell.started, isBad: false, start: start, span: span)) }
        bars += cell.phases.map { phase in
            let column = (Phase.allCases.firstIndex(of: phase.phase) ?? 0) + 1
            return bar(column, from: phase.started, to: phase.finished, isBad: phase.outcome.isProblem, start: start, span: span)
        }
        if let activity, let doing = activity.cells[cell.name], let phase = doing.phase {
            let column = (Phase.allCases.firstIndex(of: phase) ?? 0) + 1
            bars.append(bar(column, from: doing.since, to: activity.now, isBad: false, start: start, span: span))
        }
        let lengths = [wait > 0 ? Brief.length(wait) : "–"] + Phase.allCases.map { words($0, in: cell) } + [Brief.length(cell.seconds)]
        return Lane(
            cell: ReportText.line(cell.name, limit: 120), anchor: anchors[cell], outcome: CellFace(cell, activity).badge, bars: bars,
            lengths: lengths, now: activity.map { Int(nearest: min(Decimal.sane($0.now.seconds(since: start)) / span, 1) * 1000) })
    }

    private static func bar(_ column: Int, from: Timestamp, to: Timestamp, isBad: Bool, start: Timestamp, span: Double) -> Bar {
        let x = min(Decimal.sane(from.seconds(since: start)) / span, 1) * 1000
        let width = min(Decimal.sane(to.seconds(since: from)) / span, 1) * 1000
        let (style, fill) = fills[column]
        return Bar(style: style, fill: fill, x: Int(nearest: x), width: max(Int(nearest: width), 2), isBad: isBad)
    }

    /// `21s`, `✗ 12s`, `30s in 2 tries`, or a dash.
    private static func words(_ phase: Phase, in cell: CellResult) -> String {
        // A phase may have parts, such as provisioning hosts and then a cluster of them: these are not tries.
        let parts = cell.phases.filter { $0.phase == phase }
        guard let last = parts.last else { return "–" }
        let seconds = parts.reduce(0) { $0 + Decimal.sane($1.finished.seconds(since: $1.started)) }
        let mark = last.outcome.isProblem ? "\(last.outcome.glyph) " : ""
        let tries = Set(parts.map(\.attempt)).count
        return mark + Brief.length(seconds) + (tries > 1 ? " in \(tries) tries" : "")
    }
}
