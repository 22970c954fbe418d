internal import MatrixCore

/// Whether hosts of a pool may be rebooted: not unless their owner says so, as others may depend on them.
enum PoolRestart {
    private static let why = "its pool does not let runs reboot its hosts"
    private static let next = "if nothing else depends on these hosts, add reboot: true to the pool's settings"

    static func refusal(of pool: String) -> RestartWay { .refused(why: "\(pool): \(why)", next: next) }

    /// The cells with a step that reboots.
    static func problems(of cells: [CellPlan], in pool: String) -> [PreflightProblem] {
        let rebooting = cells.filter { cell in cell.deploy.contains { $0.kind == "reboot" && $0.skipped == nil } }
        guard !rebooting.isEmpty else { return [] }
        return [PreflightProblem(.error, cells: rebooting.map(\.name), "a step reboots hosts, and \(why)", next: next)]
    }
}

extension [PreflightProblem] {
    func contains(cell: String) -> Bool { contains { $0.cells.contains(cell) } }
}
