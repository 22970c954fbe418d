internal import MatrixCore

/// What is fixed since the earlier run, and what did not run again.
struct ChangesView {
    let run: String
    let fixed: [Fact]
    let hiddenFixed: Int?
    let unasked: String?
    let hasFixed: Bool

    /// Nil if there is neither.
    init?(_ comparison: RunComparison?) {
        guard let comparison, !comparison.fixed.isEmpty || !comparison.unasked.isEmpty else { return nil }
        run = ReportText.line(comparison.before.value, limit: 40)
        fixed = comparison.fixed.prefix(HTMLLimits.groupCells).map {
            Fact(ReportText.line($0.title, limit: 200), ReportText.line($0.cell, limit: 120))
        }
        hiddenFixed = comparison.fixed.count > HTMLLimits.groupCells ? comparison.fixed.count - HTMLLimits.groupCells : nil
        let count = comparison.unasked.count
        unasked = count == 0 ? nil : "\(count) \(count == 1 ? "case" : "cases") with a problem in that run did not run again."
        hasFixed = !fixed.isEmpty
    }
}
