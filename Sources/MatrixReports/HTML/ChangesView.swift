internal import MatrixCore

/// What is fixed, or was not asked again, since the run before.
struct ChangesView {
    let run: String
    let fixed: [Fact]
    let hiddenFixed: Int?
    let unasked: String?
    let hasFixed: Bool

    /// Nil where nothing changed for the better.
    init?(_ comparison: RunComparison?) {
        guard let comparison, !comparison.fixed.isEmpty || !comparison.unasked.isEmpty else { return nil }
        run = ReportText.line(comparison.before.value, limit: 40)
        fixed = comparison.fixed.prefix(HTMLLimits.groupCells).map { Fact(ReportText.line($0.title, limit: 200), ReportText.line($0.cell, limit: 120)) }
        hiddenFixed = comparison.fixed.count > HTMLLimits.groupCells ? comparison.fixed.count - HTMLLimits.groupCells : nil
        let count = comparison.unasked.count
        unasked = count == 0 ? nil : "\(count) \(count == 1 ? "problem" : "problems") of that run \(count == 1 ? "was" : "were") not asked again."
        hasFixed = !fixed.isEmpty
    }
}
