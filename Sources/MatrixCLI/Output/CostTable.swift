import MatrixCore
import MatrixLedger

/// What runs cost as text: each run, then each platform by month; empty if nothing was charged.
struct CostTable {
    let costs: CostHistory

    var text: String {
        guard !costs.runs.isEmpty else { return "" }
        let runs = costs.runs.map { [$0.run.value, $0.matrix, $0.started.description, Self.words($0.costs)] }
        let sums = costs.sums.map { [$0.month, $0.platform ?? "(not recorded)", "\($0.runs)", Self.words($0.costs)] }
        return [
            Table(headings: ["RUN", "MATRIX", "STARTED", "COST"], rows: runs).text,
            Table(headings: ["MONTH", "PLATFORM", "RUNS", "COST"], rows: sums).text, "total: \(Self.words(costs.total))",
        ].joined(separator: "\n\n")
    }

    private static func words(_ costs: [Cost]) -> String { costs.map(\.description).joined(separator: " and ") }
}
