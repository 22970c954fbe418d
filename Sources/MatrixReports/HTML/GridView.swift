internal import MatrixCore

/// One page of the grid.
struct GridView {
    struct Row {
        let value: String
        let places: [Place]
    }

    /// One cell, or the reason why there is none.
    struct Place {
        let style: String
        let anchor: String?
        let badge: String
        let counts: String?
    }

    let caption: String
    let label: String
    let columns: [String]
    let rows: [Row]

    /// The pages that a report has room for: first those with problems, each in plan order.
    static func fitting(_ pages: [GridPage]) -> [GridPage] {
        let ranked = pages.enumerated().sorted { (hasProblem($0.element) ? 0 : 1, $0.offset) < (hasProblem($1.element) ? 0 : 1, $1.offset) }
        var room = HTMLLimits.places
        var chosen: [Int] = []
        for (index, page) in ranked {
            room -= page.rows.count * page.columns.count
            guard room >= 0 || chosen.isEmpty else { break }
            chosen.append(index)
        }
        return chosen.sorted().map { pages[$0] }
    }

    private static func hasProblem(_ page: GridPage) -> Bool {
        page.rows.contains { row in row.places.contains { if case .cell(let cell) = $0 { cell.outcome.isProblem } else { false } } }
    }

    init(_ page: GridPage, _ anchors: Anchors, _ activity: RunActivity?) {
        let axes = page.columnAxis.isEmpty ? page.rowAxis : "\(page.rowAxis) × \(page.columnAxis)"
        caption = page.title.isEmpty ? axes : "\(page.title): \(axes)"
        label = "Grid of \(ReportText.line(caption, limit: 200))"
        columns = page.columns.map { ReportText.line($0, limit: 80) }
        rows = page.rows.map { row in
            Row(value: ReportText.line(row.value, limit: 80), places: row.places.map { Self.place($0, anchors, activity) })
        }
    }

    private static func place(_ place: GridPage.Place, _ anchors: Anchors, _ activity: RunActivity?) -> Place {
        switch place {
        case .notInMatrix: Place(style: "none", anchor: nil, badge: "not in the matrix", counts: nil)
        case .notSelected: Place(style: "none", anchor: nil, badge: "not selected", counts: nil)
        case .otherShard(let shard): Place(style: "none", anchor: nil, badge: "in shard \(shard)", counts: nil)
        case .cell(let cell): self.place(CellFace(cell, activity), cell, anchors)
        }
    }

    private static func place(_ face: CellFace, _ cell: CellResult, _ anchors: Anchors) -> Place {
        Place(style: face.style, anchor: anchors[cell], badge: face.badge, counts: face.isOpen ? face.now : counts(cell))
    }

    /// `3 failed of 20 · 1m52s`.
    private static func counts(_ cell: CellResult) -> String {
        let tally = Tally(cell)
        if cell.outcome == .skipped { return "\(tally.caseCount) not run" }
        let bad = Outcome.allCases.filter { $0.isProblem && tally.cases[$0] != nil }
        guard let first = bad.first else { return "\(tally.caseWords) · \(Brief.length(cell.seconds))" }
        let count = bad.reduce(0) { $0 + (tally.cases[$1] ?? 0) }
        let word = bad.count > 1 ? "with problems" : first.words(count)
        return "\(count) \(word) of \(tally.caseCount) · \(Brief.length(cell.seconds))"
    }
}
