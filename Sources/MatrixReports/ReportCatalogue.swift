import MatrixCore

/// All documents of a run's report.
public enum ReportCatalogue {
    /// One reporter for each document. `results.json` comes first, because the others can be rendered again from it.
    public static func all(junit: JUnitProfile = .rich) -> [any Reporter] {
        [ResultsReporter(), JUnitReporter(profile: junit), HTMLReporter(), SummaryReporter(), CTRFReporter()]
    }
}
