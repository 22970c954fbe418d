public import MatrixCore

/// What the last runs cost: each of them, and together by platform and month.
public struct CostHistory: Sendable, Hashable, Codable {
    /// One run's cost.
    public struct Run: Sendable, Hashable, Codable {
        public var run: RunID
        public var matrix: String
        public var started: Timestamp
        /// An amount for each currency.
        public var costs: [Cost]
    }

    /// What the cells on a platform cost in a month.
    public struct Sum: Sendable, Hashable, Codable {
        /// Of the runs' starts, in UTC: `2026-11`.
        public var month: String
        /// Nil for runs that were recorded before platforms were.
        public var platform: String?
        /// How many runs had cells on it.
        public var runs: Int
        public var costs: [Cost]
    }

    /// Newest first; those that cost nothing are left out.
    public var runs: [Run]
    /// Newest month first, then by platform.
    public var sums: [Sum]
    /// All of it.
    public var total: [Cost]

    /// A cell that cost something.
    struct Cell {
        var run: RunID
        var matrix: String
        var started: Timestamp
        var platform: String?
        var costs: [Cost]

        var month: String { String(started.description.prefix(7)) }
    }

    /// Nothing.
    public init() {
        self.init([])
    }

    init(_ cells: [Cell]) {
        runs = Dictionary(grouping: cells, by: \.run).values
            .map { Run(run: $0[0].run, matrix: $0[0].matrix, started: $0[0].started, costs: Cost.sums($0.flatMap(\.costs))) }
            .sorted { ($0.started, $0.run.value) > ($1.started, $1.run.value) }
        sums = Dictionary(grouping: cells) { [$0.month, $0.platform ?? ""] }.values
            .map {
                Sum(month: $0[0].month, platform: $0[0].platform, runs: Set($0.map(\.run)).count, costs: Cost.sums($0.flatMap(\.costs)))
            }
            .sorted { $0.month == $1.month ? ($0.platform ?? "") < ($1.platform ?? "") : $0.month > $1.month }
        total = Cost.sums(cells.flatMap(\.costs))
    }
}
