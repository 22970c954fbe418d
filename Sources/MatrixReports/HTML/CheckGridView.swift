internal import MatrixCore

/// The second view of the grid: a row for each check, a column for each cell. A row without differences is one word.
struct CheckGridView {
    struct Column {
        let name: String
        let anchor: String?
    }

    struct Row {
        let title: String
        let differs: Bool
        let places: [Place]
        /// `✓ passed in all 4 cells`; for rows that do not differ.
        let same: String?
        /// What all cells observed, or some of what they did: a green row is no claim without it.
        let observed: String?
    }

    struct Place {
        let style: String
        let text: String
    }

    let columns: [Column]
    let rows: [Row]
    /// How many columns the one word of a row without differences spans.
    let width: Int
    /// The heading for all cells without a column.
    let others: String?
    let hiddenRows: Int?
    let hasDifferences: Bool
    let hasSame: Bool
    let isWide: Bool
    /// The meaning of the glyphs, if there is no room for words.
    let legend: String?

    /// Nil if there is nothing to compare.
    init?(_ run: ReportedRun, _ anchors: Anchors) {
        let cells = run.cells
        let grid = CheckGrid(cells)
        let isAsked = grid.rows.contains { row in row.outcomes.contains { $0 != nil && $0 != .skipped } }
        guard cells.count > 1, isAsked else { return nil }
        let shown = Self.columns(of: cells)
        let differing = grid.rows.filter(\.differs)
        let same = grid.rows.filter { !$0.differs }
        let room = max(10, HTMLLimits.checkPlaces / (shown.count + 1))
        let hasOthers = shown.count < cells.count
        width = shown.count + (hasOthers ? 1 : 0)
        let isWide = width > 6
        legend = isWide ? (Outcome.allCases.map(\.badge) + ["· not in that cell"]).joined(separator: "   ") : nil
        self.isWide = isWide
        columns = shown.map { Column(name: ReportText.line(cells[$0].name, limit: 60), anchor: anchors[cells[$0]]) }
        rows =
            differing.prefix(room).map { Self.row($0, columns: shown, hasOthers: hasOthers, isWide: isWide) }
            + same.prefix(HTMLLimits.sameChecks).map { row in
                Row(title: Self.title(row), differs: false, places: [], same: Self.words(row), observed: Self.observed(row))
            }
        hiddenRows = rows.count < grid.rows.count ? grid.rows.count - rows.count : nil
        others = hasOthers ? "the other \(cells.count - shown.count)" : nil
        hasDifferences = !differing.isEmpty
        hasSame = !same.isEmpty
    }

    /// Cells with problems first, because a narrow window shows only the first columns; the others if there is room for all.
    private static func columns(of cells: [CellResult]) -> [Int] {
        let bad = cells.indices.filter { cells[$0].outcome.isProblem }
        guard cells.count > HTMLLimits.checkColumns else { return bad + cells.indices.filter { !cells[$0].outcome.isProblem } }
        return Array(bad.prefix(HTMLLimits.checkColumns))
    }

    private static func row(_ row: CheckGrid.Row, columns: [Int], hasOthers: Bool, isWide: Bool) -> Row {
        let chosen = Set(columns)
        var places = columns.map { place(row.outcomes[$0], isWide: isWide) }
        if hasOthers {
            let rest = row.outcomes.indices.filter { !chosen.contains($0) }.compactMap { row.outcomes[$0] }
            places.append(Place(style: "rest", text: counts(rest)))
        }
        return Row(title: title(row), differs: true, places: places, same: nil, observed: nil)
    }

    private static func place(_ outcome: Outcome?, isWide: Bool) -> Place {
        guard let outcome else { return Place(style: "none", text: isWide ? "·" : "not in this cell") }
        return Place(style: outcome.rawValue, text: isWide ? outcome.glyph : outcome.badge)
    }

    private static func title(_ row: CheckGrid.Row) -> String {
        let title = ReportText.line(row.title, limit: 160)
        return title.isEmpty ? "unnamed" : title
    }

    /// `✓ passed in all 4 cells`, `✗ failed in both`, `– not run in any cell`.
    private static func words(_ row: CheckGrid.Row) -> String {
        let asked = row.outcomes.compactMap { $0 == .skipped ? nil : $0 }
        guard let outcome = asked.first else { return "\(Outcome.skipped.glyph) not run in any cell" }
        let place =
            asked.count == row.outcomes.count
            ? "all \(asked.count) cells" : asked.count == 1 ? "the only cell that ran it" : "the \(asked.count) cells that ran it"
        return "\(outcome.badge) in \(place)"
    }

    private static func observed(_ row: CheckGrid.Row) -> String? {
        guard !row.observed.isEmpty else { return nil }
        let shown = row.observed.prefix(3).map { ReportText.line($0, limit: HTMLLimits.observed) }.joined(separator: " | ")
        return row.observed.count > 3 ? "\(shown) and \(row.observed.count - 3) more" : shown
    }

    private static func counts(_ outcomes: [Outcome]) -> String {
        Outcome.allCases.compactMap { outcome in
            let count = outcomes.count { $0 == outcome }
            return count > 0 ? "\(outcome.glyph) \(count)" : nil
        }.joined(separator: " ")
    }
}
