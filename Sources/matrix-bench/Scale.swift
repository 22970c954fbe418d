/// The sizes of measurements.
struct Scale: Sendable {
    let isSmoke: Bool

    /// `full` for a release table, a tenth of it in a smoke run.
    func of(_ full: Int) -> Int { isSmoke ? max(1, full / 10) : full }

    /// Limits apply only to the full size.
    func limit(_ value: Double) -> Double? { isSmoke ? nil : value }
}
