import GRDB
public import MatrixCore

extension SQLiteLedger {
    /// How many passed runs an estimate uses.
    private static let recentRuns = 5

    /// Adds a run: its cells' outcomes, seconds by phase, and every case that was asked. Replaces an earlier record of the run.
    public func remember(_ result: RunResult) async throws {
        try await write("add run \(result.run) to the history") { session in
            try session.execute("DELETE FROM history_cells WHERE run = ?", [result.run.value])
            try session.remember(result)
            for cell in result.cells { try session.remember(cell, run: result.run, matrix: result.matrix) }
        }
    }

    /// The median of the last five runs in which a cell passed, for each phase that they had; every cell in one read.
    public func expectedDurations(matrix: String, cells: [String]) async throws -> [String: [Phase: Double]] {
        try await read("look up how long the cells of \(matrix) took") { session in
            var expected: [String: [Phase: Double]] = [:]
            for cell in cells {
                let durations = try session.medians(matrix: matrix, cell: cell, runs: Self.recentRuns)
                if !durations.isEmpty { expected[cell] = durations }
            }
            return expected
        }
    }

    /// What the runs of a matrix that finished since `date` cost together, an amount for each currency.
    func costs(matrix: String, since date: Timestamp) async throws -> [Cost] {
        let rows = try await read("look up what \(matrix) cost") { session in
            try session.rows(
                "SELECT costs FROM history_cells WHERE matrix = ? AND finished >= ? AND costs IS NOT NULL", [matrix, date.seconds]
            ).flatMap { try $0.json([Cost].self, "costs") }
        }
        return Cost.sums(rows)
    }

    /// Forgets the history of what finished before `date`, and older runs that have nothing left to destroy.
    ///
    /// - Returns: how many cells and runs were forgotten.
    @discardableResult
    public func prune(olderThan date: Timestamp) async throws -> Int {
        try await write("forget old runs") { session in
            try session.execute("DELETE FROM history_cells WHERE finished < ?", [date.seconds])
            let cells = session.changes
            try session.execute("DELETE FROM history_runs WHERE NOT EXISTS (SELECT 1 FROM history_cells WHERE run = history_runs.run)")
            try session.execute("DELETE FROM history_names WHERE NOT EXISTS (SELECT 1 FROM history_cases WHERE name = history_names.id)")
            return try cells + session.forgetRuns(before: date)
        }
    }
}

extension LedgerSession {
    fileprivate func medians(matrix: String, cell: String, runs: Int) throws -> [Phase: Double] {
        let found = try rows(
            """
            SELECT phase, seconds FROM history_phases WHERE cell IN (
                SELECT id FROM history_cells WHERE matrix = ? AND cell = ? AND outcome = 'passed' ORDER BY finished DESC, id DESC LIMIT ?)
            """, [matrix, cell, runs]
        ).compactMap { row in Phase(rawValue: row["phase"]).map { (phase: $0, seconds: row["seconds"] as Double) } }
        return Dictionary(grouping: found, by: \.phase).mapValues { $0.map(\.seconds).median }
    }

    fileprivate func remember(_ result: RunResult) throws {
        try execute(
            "INSERT OR REPLACE INTO history_runs (run, matrix, started, finished, exit_status, commit_id) VALUES (?, ?, ?, ?, ?, ?)",
            [result.run.value, result.matrix, result.started.seconds, result.finished.seconds, result.exitStatus.rawValue, result.commit])
    }

    fileprivate func remember(_ cell: CellResult, run: RunID, matrix: String) throws {
        try execute(
            "INSERT OR REPLACE INTO history_cells (run, matrix, cell, outcome, finished, costs, platform) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [run.value, matrix, cell.name, cell.outcome.rawValue, cell.finished.seconds, cell.costs.map(JSON.text), cell.platform])
        let key = lastKey
        // All tries of a phase together: that is how long the cell was in it.
        for (phase, tries) in Dictionary(grouping: cell.phases, by: \.phase) {
            let seconds = tries.reduce(0) { $0 + max(0, $1.finished.seconds(since: $1.started)) }
            try execute("INSERT INTO history_phases (cell, phase, seconds) VALUES (?, ?, ?)", [key, phase.rawValue, seconds])
        }
        // A case that was not asked has no verdict.
        for test in cell.cases where test.outcome != .skipped {
            try execute(
                "INSERT OR REPLACE INTO history_cases (cell, name, outcome, attempts) VALUES (?, ?, ?, ?)",
                [key, try name(of: test), test.outcome.rawValue, test.attempts.count])
        }
    }

    /// The key of a case's identity; the same names come back in every cell and run, so they are kept once.
    private func name(of test: CaseResult) throws -> Int64 {
        let identity = [test.phase.rawValue, test.step, test.name]
        if let row = try row("SELECT id FROM history_names WHERE phase = ? AND step = ? AND name = ?", identity) { return row["id"] }
        try execute("INSERT INTO history_names (phase, step, name) VALUES (?, ?, ?)", identity)
        return lastKey
    }

    /// A run that may still have resources is kept at any age.
    fileprivate func forgetRuns(before date: Timestamp) throws -> Int {
        let old = try rows(
            """
            SELECT id, owner, exit_status FROM runs WHERE started < ?
            AND NOT EXISTS (SELECT 1 FROM leases WHERE run = runs.id AND state <> 'destroyed')
            """, [date.seconds])
        var forgotten = 0
        for row in old {
            guard try row["exit_status"] != nil || !row.json(Owner.self, "owner").isAlive else { continue }
            try execute("DELETE FROM leases WHERE run = ?", [row["id"] as String])
            try execute("DELETE FROM runs WHERE id = ?", [row["id"] as String])
            forgotten += 1
        }
        return forgotten
    }
}

extension [Double] {
    /// The middle value, or the mean of the two in the middle; zero if there is none.
    var median: Double {
        guard !isEmpty else { return 0 }
        let ordered = sorted()
        let middle = count / 2
        return count.isMultiple(of: 2) ? (ordered[middle - 1] + ordered[middle]) / 2 : ordered[middle]
    }
}
