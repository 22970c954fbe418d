internal import MatrixCore

/// The grid beside the headline: every page of it side by side, each place one word or one mark.
struct MiniGridView {
    /// The heading over the columns of one page.
    struct Head {
        let text: String
        let span: Int
    }

    struct Row {
        let value: String
        let places: [Place]
    }

    struct Place {
        let style: String
        let anchor: String?
        /// `✗ port 5432`; only the mark if there are many columns.
        let text: String
        /// For those who do not see the place in the table: `✗ failed: rocky10-podman`.
        let label: String
    }

    /// `os × platform`.
    let label: String
    let corner: String
    /// Empty for a single page.
    let heads: [Head]
    let hasHeads: Bool
    let columns: [String]
    let hasColumns: Bool
    let rows: [Row]
    /// Whether a place is only a mark.
    let isCompact: Bool

    /// Nil if there is one cell only, or so many that the table is no overview.
    init?(_ pages: [GridPage], _ groups: [ProblemGroup], _ anchors: Anchors, _ activity: RunActivity?) {
        guard let first = pages.first else { return nil }
        let width = pages.reduce(0) { $0 + $1.columns.count }
        let height = first.rows.count
        guard width * height > 1, width <= HTMLLimits.miniColumns, width * height <= HTMLLimits.miniPlaces,
            pages.allSatisfy({ page in page.rows.map { $0.value } == first.rows.map { $0.value } })
        else { return nil }
        let causes = Self.causes(groups)
        let isCompact = width > 4
        self.isCompact = isCompact
        let axes = first.columnAxis.isEmpty ? first.rowAxis : "\(first.rowAxis) × \(first.columnAxis)"
        label = "Overview of \(ReportText.line(axes, limit: 120))"
        corner = ReportText.line(first.rowAxis, limit: 40)
        heads = pages.count > 1 ? pages.map { Head(text: ReportText.line($0.title, limit: 60), span: $0.columns.count) } : []
        hasHeads = !heads.isEmpty
        columns = pages.flatMap { $0.columns.map { ReportText.line($0, limit: 24) } }
        // A single column of each page says nothing beside the page's own heading.
        hasColumns = heads.isEmpty || first.columns.count > 1
        rows = first.rows.indices.map { index in
            Row(
                value: ReportText.line(first.rows[index].value, limit: 40),
                places: pages.flatMap { $0.rows[index].places.map { Self.place($0, causes, isCompact: isCompact, anchors, activity) } })
        }
    }

    /// The names of the causes of each cell.
    private static func causes(_ groups: [ProblemGroup]) -> [String: [String]] {
        var causes: [String: [String]] = [:]
        for group in groups { for affected in group.affected { causes[affected.cell.name, default: []].append(group.title) } }
        return causes
    }

    private static func place(
        _ place: GridPage.Place, _ causes: [String: [String]], isCompact: Bool, _ anchors: Anchors, _ activity: RunActivity?
    ) -> Place {
        switch place {
        case .notInMatrix: none("not in the matrix", isCompact)
        case .notSelected: none("not selected", isCompact)
        case .otherShard(let shard): none("in shard \(shard)", isCompact)
        case .cell(let cell): self.place(CellFace(cell, activity), cell, causes[cell.name] ?? [], isCompact: isCompact, anchors)
        }
    }

    private static func place(_ face: CellFace, _ cell: CellResult, _ causes: [String], isCompact: Bool, _ anchors: Anchors) -> Place {
        Place(
            style: face.style, anchor: anchors[cell],
            text: isCompact ? face.glyph : "\(face.glyph) \(words(cell, causes) ?? face.word)",
            label: "\(face.badge): \(ReportText.line(cell.name, limit: 120))")
    }

    private static func none(_ reason: String, _ isCompact: Bool) -> Place {
        Place(style: "none", anchor: nil, text: isCompact ? "·" : reason, label: reason)
    }

    private static func words(_ cell: CellResult, _ causes: [String]) -> String? {
        guard cell.outcome.isProblem, let first = causes.first else { return nil }
        return causes.count == 1 ? ReportText.clip(first, limit: 24) : "\(causes.count) causes"
    }
}
