internal import MatrixCore

/// The bar below the headline: how much of the matrix ended how.
struct BarView {
    /// In thousandths. The fill is used if style sheets are blocked.
    struct Part {
        let style: String
        let fill: String
        let x: Int
        let width: Int
    }

    let parts: [Part]

    private static let fills: [(outcome: Outcome, fill: String)] = [
        (.failed, "#b3261e"), (.error, "#c9862a"), (.interrupted, "#7d63bb"), (.passed, "#3f8f63"), (.skipped, "#c9c3b8"),
    ]

    /// Nil for a single cell: it would be one colour.
    init?(_ cells: [CellResult]) {
        guard cells.count > 1 else { return nil }
        var x = 0
        var seen = 0
        parts = Self.fills.compactMap { outcome, fill in
            let count = cells.count { $0.outcome == outcome }
            guard count > 0 else { return nil }
            seen += count
            let end = seen * 1000 / cells.count
            defer { x = end }
            return Part(style: outcome.rawValue, fill: fill, x: x, width: end - x)
        }
    }
}
