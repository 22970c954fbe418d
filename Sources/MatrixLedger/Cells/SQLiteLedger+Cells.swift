import GRDB
public import MatrixCore

extension SQLiteLedger {
    /// - Throws: `InfrastructureError` if the run never began.
    public func record(_ record: PhaseRecord, of cell: String, in run: RunID) async throws {
        // Encode outside the transaction: a phase with many checks is long, and other cells wait for the one writer.
        let text = JSON.text(record)
        try await write("record how far \(cell) has come") { session in
            try session.requireRun(run)
            try session.execute(
                "DELETE FROM cell_phases WHERE run = ? AND cell = ? AND position >= ?", [run.value, cell, record.phase.order])
            try session.execute(
                "INSERT INTO cell_phases (run, cell, phase, position, outcome, finished, record) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    run.value, cell, record.phase.rawValue, record.phase.order, record.outcome.rawValue, record.finished.seconds, text,
                ])
        }
    }

    public func progress(of run: RunID) async throws -> [String: [PhaseRecord]] {
        let rows = try await read("look up how far the cells of run \(run) have come") { session in
            try session.rows("SELECT cell, record FROM cell_phases WHERE run = ? ORDER BY cell, position", [run.value]).map {
                (cell: $0["cell"] as String, record: try $0.json(PhaseRecord.self, "record"))
            }
        }
        return Dictionary(grouping: rows, by: \.cell).mapValues { $0.map(\.record) }
    }
}

extension LedgerSession {
    /// Forgets the progress of a finished run's cells, except of those that are still up: only these can be resumed.
    func forgetProgress(of run: RunID) throws {
        try execute(
            """
            DELETE FROM cell_phases WHERE run = ?1
            AND cell NOT IN (SELECT cell FROM leases WHERE run = ?1 AND state <> 'destroyed')
            """, [run.value])
    }
}
