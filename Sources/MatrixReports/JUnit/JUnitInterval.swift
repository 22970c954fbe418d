internal import MatrixCore

/// The time of a suite, from when its cell left the queue. No case is outside it.
struct JUnitInterval {
    let start: Timestamp
    /// Seconds.
    let length: Double

    init(_ cell: CellResult) {
        start = cell.started
        let ends = cell.cases.lazy.map { $0.started.seconds + Decimal.sane($0.seconds) }
        let end = max(cell.finished.seconds, ends.max() ?? 0)
        length = Decimal.sane(end - cell.started.seconds)
    }

    /// When a case began and how many seconds it took, within the suite.
    func place(_ test: CaseResult) -> (start: Timestamp, seconds: Double) {
        let seconds = min(Decimal.sane(test.seconds), length)
        let latest = start.seconds + length - seconds
        return (Timestamp(seconds: min(max(test.started.seconds, start.seconds), latest)), seconds)
    }
}
