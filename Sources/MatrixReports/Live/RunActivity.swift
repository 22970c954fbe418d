public import MatrixCore

/// What a run that goes on does now. The page shows it beside what has ended.
public struct RunActivity: Sendable {
    /// What a cell does that has not ended.
    public struct Cell: Sendable {
        /// Nil while it waits for its turn.
        public var phase: Phase?
        /// When the phase began.
        public var since: Timestamp
        /// The newest words about it: `site: task 14: Install prometheus`. Empty if there are none.
        public var words: String
        /// The log that grows, relative to the report's folder.
        public var log: String?
        /// When its turn came; nil before.
        public var started: Timestamp?
    }

    /// The cells that have not ended, by name.
    public var cells: [String: Cell]
    public var now: Timestamp
    /// How many seconds the run still takes, by the times of earlier runs; nil if nobody knows.
    public var remaining: Double?

    var running: Int { cells.values.count { $0.started != nil } }
    var waiting: Int { cells.count - running }
    var logs: Set<String> { Set(cells.values.compactMap(\.log)) }

    /// `the run goes on, about 6m left`.
    var words: String { "the run goes on\(remaining.map { ", about \(Brief.length($0)) left" } ?? "")" }
}
