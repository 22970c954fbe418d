import MatrixCore

/// All documents that a run leaves in its folder.
public enum ReportCatalogue {
    /// One reporter a document; `results.json` comes first, as the others can be made again from it.
    public static func all(junit: JUnitProfile = .rich) -> [any Reporter] {
        [ResultsReporter(), JUnitReporter(profile: junit), HTMLReporter(), SummaryReporter(), CTRFReporter()]
    }
}
