/// One measurement.
protocol Row: Sendable {
    var name: String { get }
    /// Whether it measures hosts: a smoke run leaves it out unless it is named.
    var needsHosts: Bool { get }
    /// - Parameter folder: an empty folder for this row only.
    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement]
}

extension Row {
    var needsHosts: Bool { false }
}

/// All rows, in the table's order.
enum Rows {
    static let all: [any Row] = [
        StartRow(), ValidateRow(), HostileRow(), ScheduleRow(name: "schedule-9", cells: 9, checks: 40),
        ScheduleRow(name: "schedule-1000", cells: 1000, checks: 40),
        ScheduleRow(name: "schedule-400", cells: 100, checks: 400),
        ScheduleRow(name: "schedule-10000", cells: 10_000, checks: 4), RunRow(), OrderRow(), LogRow(), ChecksRow(),
        StaticRow(hosts: 1, limit: 2), StaticRow(hosts: 12, limit: 2), StaticRow(hosts: 48, limit: 1.5), CloseRow(), DeadHostRow(),
        LedgerRow(), JUnitRow(), HTMLRow(), PodmanRow(),
    ]
}
