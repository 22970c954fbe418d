/// The sizes that rows measure at.
struct Scale: Sendable {
    let isSmoke: Bool

    /// `full` in a release table, a tenth of it in a smoke run.
    func of(_ full: Int) -> Int { isSmoke ? max(1, full / 10) : full }

    /// A limit holds for the full size only.
    func limit(_ value: Double) -> Double? { isSmoke ? nil : value }
}
