import MatrixCore

/// A run that an earlier process began and that this one goes on with.
struct ResumedRun {
    /// As the ledger has it.
    let record: RunRecord
    /// The report's folder, absolute.
    let reports: String
    /// Whether the whole run goes on, rather than one phase of its kept cells.
    let isWhole: Bool

    /// The run's record with this process as its owner; platforms of cells that are not gone on with stay known.
    func record(with fresh: RunRecord) -> RunRecord {
        var record = fresh
        record.started = self.record.started
        record.platforms = self.record.platforms.merging(fresh.platforms) { _, new in new }
        record.reports = self.record.reports
        record.arguments = self.record.arguments
        return record
    }
}
