import MatrixCore

/// The lines of the live grid: one for each cell, and below them the run in one line. No line is wider than the screen, and there are
/// never more lines than rows.
struct GridFrame {
    /// A cell's part of the grid.
    struct Row {
        var name: String
        var progress: CellProgress
        /// Seconds that the cell is expected to take.
        var expected: Double?
    }

    var rows: [Row]
    var elapsed: Double
    var now: Timestamp
    var isStopping = false
    var columns: Int
    /// The most lines.
    var height: Int
    var coloured: Bool

    /// What the marks of a row mean, for the line above the grid.
    static let legend = "each cell: \(Phase.allCases.map(\.rawValue).joined(separator: ", ")); ▸ now, · to come"

    var lines: [String] {
        guard height > 0, !rows.isEmpty else { return [] }
        let (shown, hidden) = chosen
        let layout = GridLayout(names: shown.map(\.name), columns: columns)
        var lines = shown.map { line($0, layout) }
        if hidden > 0, lines.count < height - 1 { lines.append("… \(hidden) more cell\(hidden == 1 ? "" : "s")".cut(to: columns)) }
        lines.append(runLine.text(columns: columns, coloured: coloured))
        return lines
    }

    /// The rows that fit, in plan order, and how many do not: cells that run come first, then those with a problem.
    private var chosen: (rows: [Row], hidden: Int) {
        guard rows.count > height - 1 else { return (rows, 0) }
        let room = max(0, height - 2)
        let ranked = rows.indices.sorted { (Self.rank(rows[$0].progress), $0) < (Self.rank(rows[$1].progress), $1) }
        return (ranked.prefix(room).sorted().map { rows[$0] }, rows.count - room)
    }

    private static func rank(_ cell: CellProgress) -> Int {
        if cell.isRunning { return 0 }
        guard let outcome = cell.outcome else { return 2 }
        return outcome.isProblem ? 1 : 3
    }

    private var runLine: RunLine {
        var line = RunLine(elapsed: elapsed, isStopping: isStopping)
        line.running = rows.count { $0.progress.isRunning }
        line.left = rows.count { $0.progress.started == nil && $0.progress.outcome == nil }
        for row in rows { if let outcome = row.progress.outcome { line.ended[outcome, default: 0] += 1 } }
        guard !isStopping else { return line }
        line.remaining = RemainingTime.seconds(
            running: rows.filter(\.progress.isRunning).map { (spent(by: $0.progress), $0.expected) },
            waiting: rows.filter { $0.progress.started == nil && $0.progress.outcome == nil }.map(\.expected))
        return line
    }

    private func spent(by cell: CellProgress) -> Double {
        cell.outcome != nil ? cell.seconds : cell.started.map { max(0, now.seconds(since: $0)) } ?? 0
    }

    private func line(_ row: Row, _ layout: GridLayout) -> String {
        let cell = row.progress
        let phases = Phase.allCases.map { phase in
            cell.done[phase].map(Mark.glyph) ?? (cell.phase == phase && cell.outcome == nil ? "▸" : "·")
        }.joined()
        let time = Duration.bounded(seconds: spent(by: cell)).brief
        let expected = layout.showsExpected ? row.expected.map { " of ~\(Duration.bounded(seconds: $0).brief)" } ?? "" : ""
        let word = cell.outcome?.rawValue ?? (cell.started == nil ? "queued" : cell.phase?.rawValue ?? "starting")
        let counts = cell.bad > 0 ? "\(cell.passed) ✓ \(cell.bad) ✗" : "\(cell.passed) ✓"
        var parts = [row.name.cutInside(to: layout.name).padding(to: layout.name)]
        for (text, width) in [
            (phases, layout.phases), (word, layout.word), (time + expected, layout.time), (counts, layout.counts),
            (PlainText.clean(cell.text).onOneLine, layout.text),
        ] where width > 0 {
            parts.append(text.cut(to: width).padding(to: width))
        }
        // Spaces at the end would be a line too many if a terminal breaks lines for a narrower screen.
        let text = parts.joined(separator: " ").cut(to: columns).trimmedAtEnd
        return cell.outcome.map { Mark.paint(text, Mark.colour($0), coloured: coloured) } ?? text
    }
}

/// The widths of the grid's columns. On a narrow screen the less important ones are left out, and names are cut.
struct GridLayout: Equatable {
    private(set) var name: Int
    private(set) var phases = 0
    private(set) var time = 0
    private(set) var text = 0
    private(set) var counts = 0
    private(set) var word = 0
    private(set) var showsExpected = false

    /// Below this width a name is cut before a column is added.
    private static let shortName = 11

    init(names: [String], columns: Int) {
        let longest = names.map(\.columns).max() ?? 0
        name = min(longest, Self.shortName, columns)
        var left = columns - name
        /// Gives a column its width, and the space before it, if there is room.
        func add(_ width: Int, to column: WritableKeyPath<GridLayout, Int>) {
            guard left > width else { return }
            self[keyPath: column] += width
            left -= width + 1
        }
        add(Phase.allCases.count, to: \.phases)
        add(6, to: \.time)
        // The rest of the name needs no further space.
        let more = min(longest - name, max(0, left))
        name += more
        left -= more
        add(16, to: \.text)
        add(9, to: \.counts)
        add(11, to: \.word)
        if text > 0, left >= 20 {
            showsExpected = true
            time += 9
            left -= 9
        }
        if text > 0 { text += max(0, left) }
    }
}
