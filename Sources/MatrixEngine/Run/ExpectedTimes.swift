public import MatrixCore

/// How long the cells of a plan took in the past: used by their order, the live grid, `matrix plan` and rehearsals.
public struct ExpectedTimes: Sendable {
    /// Seconds by phase, by the cells' names; a cell that never passed has none.
    public let phases: [String: [Phase: Double]]

    public init(_ phases: [String: [Phase: Double]] = [:]) {
        self.phases = phases.filter { !$0.value.isEmpty }
    }

    /// Asks the ledger, once for all cells. If it cannot answer, cells run without expected times.
    public static func of(_ plan: Plan, in ledger: any Ledger) async -> ExpectedTimes {
        ExpectedTimes((try? await ledger.expectedDurations(matrix: plan.name, cells: plan.cells.map(\.name))) ?? [:])
    }

    /// How long whole cells took, in seconds, by their names.
    public var seconds: [String: Double] { phases.mapValues { $0.values.reduce(0, +) } }

    /// The cells' positions, those that took longest first; cells without a past keep their order before them.
    func longestFirst(_ cells: [CellPlan]) -> [Int] {
        let seconds = seconds
        let expected = cells.indices.map { (index: $0, seconds: seconds[cells[$0].name] ?? .infinity) }
        return expected.sorted { ($1.seconds, $0.index) < ($0.seconds, $1.index) }.map(\.index)
    }
}
