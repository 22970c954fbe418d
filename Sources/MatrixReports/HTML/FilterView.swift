internal import MatrixCore

/// A button that shows only some cells of the page.
struct FilterView {
    let label: String
    let count: Int
    /// What it writes into the query box.
    let query: String
    let isPressed: Bool

    /// All cells, then each outcome that occurs.
    static func all(_ cells: [CellResult]) -> [FilterView] {
        let outcomes = Outcome.allCases.compactMap { outcome -> FilterView? in
            let count = cells.count { $0.outcome == outcome }
            return count > 0 ? FilterView(label: outcome.badge, count: count, query: "s:\(outcome.rawValue)", isPressed: false) : nil
        }
        return [FilterView(label: "All", count: cells.count, query: "", isPressed: true)] + outcomes
    }
}
