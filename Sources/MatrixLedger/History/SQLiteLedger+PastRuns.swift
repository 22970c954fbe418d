import GRDB
public import MatrixCore

extension SQLiteLedger {
    /// The runs of a matrix before a moment, newest first; only the newest that was not interrupted has its problems.
    ///
    /// - Parameter run: the run to compare, left out of the result.
    public func pastRuns(of matrix: String, before date: Timestamp, except run: RunID, limit: Int) async throws -> [PastRun] {
        try await read("look up the runs of \(matrix)") { session in
            let rows = try session.rows(
                "SELECT * FROM history_runs WHERE matrix = ? AND started <= ? AND run <> ? ORDER BY started DESC, run DESC LIMIT ?",
                [matrix, date.seconds, run.value, limit])
            let compared = rows.firstIndex { ExitStatus(rawValue: $0["exit_status"])?.isInterruption != true }
            return try rows.enumerated().map { try session.pastRun($1, withProblems: $0 == compared) }
        }
    }
}

extension LedgerSession {
    fileprivate func pastRun(_ row: Row, withProblems: Bool) throws -> PastRun {
        let run: String = row["run"]
        let cells = try rows("SELECT cell, outcome FROM history_cells WHERE run = ?", [run])
        let outcomes = cells.map { cell in (cell["cell"] as String, Outcome(rawValue: cell["outcome"]) ?? .skipped) }
        return PastRun(
            run: RunID(run), started: Timestamp(seconds: row["started"]),
            exitStatus: ExitStatus(rawValue: row["exit_status"]) ?? .infrastructure, commit: row["commit_id"],
            outcomes: Dictionary(outcomes) { first, _ in first }, problems: withProblems ? try problems(of: run) : nil)
    }

    private func problems(of run: String) throws -> [PastRun.Problem] {
        try rows(
            """
            SELECT cells.cell, names.phase, names.step, names.name, cases.outcome FROM history_cells AS cells
            JOIN history_cases AS cases ON cases.cell = cells.id JOIN history_names AS names ON names.id = cases.name
            WHERE cells.run = ? AND cases.outcome <> 'passed' ORDER BY cells.id, names.id
            """, [run]
        ).compactMap { row in
            guard let phase = Phase(rawValue: row["phase"]), let outcome = Outcome(rawValue: row["outcome"]) else { return nil }
            return PastRun.Problem(cell: row["cell"], phase: phase, step: row["step"], name: row["name"], outcome: outcome)
        }
    }
}
