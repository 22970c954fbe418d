import MatrixCore

/// A run that an earlier process began and this one continues.
struct ResumedRun {
    /// The run on the ledger.
    let record: RunRecord
    /// The absolute path of the report's folder.
    let reports: String
    /// Whether the whole run continues, rather than one phase of its kept cells.
    let isWhole: Bool

    /// The run's record with this process as its owner. It keeps the platforms of cells that do not continue.
    func record(with fresh: RunRecord) -> RunRecord {
        var record = fresh
        record.started = self.record.started
        record.platforms = self.record.platforms.merging(fresh.platforms) { _, new in new }
        record.reports = self.record.reports
        record.arguments = self.record.arguments
        return record
    }
}
