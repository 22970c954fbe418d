import GRDB
public import MatrixCore

extension SQLiteLedger {
    /// Records a run and its owner. A resumed run gets the new owner and keeps its first arguments.
    ///
    /// - Throws: `UsageError` if another living process owns the run.
    public func begin(_ run: RunRecord) async throws {
        try await write("record run \(run.run)") { session in
            try session.refuseIfOwned(run)
            try session.execute(
                """
                INSERT INTO runs (id, matrix, file, started, owner, platforms, reports, exit_status, arguments)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET matrix = excluded.matrix, file = excluded.file, owner = excluded.owner,
                platforms = excluded.platforms, reports = excluded.reports, exit_status = excluded.exit_status, finished = NULL
                """,
                [
                    run.run.value, run.matrix, run.file, run.started.seconds, JSON.text(run.owner), JSON.text(run.platforms), run.reports,
                    run.exitStatus?.rawValue, JSON.text(run.arguments),
                ])
        }
    }

    /// - Throws: `InfrastructureError` if it never began.
    public func end(_ run: RunID, exitStatus: ExitStatus) async throws {
        try await write("record the end of run \(run)") { session in
            try session.requireRun(run)
            // Above 128 a signal ended it: `matrix resume` can continue it.
            if !exitStatus.isInterruption { try session.forgetProgress(of: run) }
            try session.execute(
                "UPDATE runs SET exit_status = ?, finished = ? WHERE id = ?", [exitStatus.rawValue, Timestamp.wall.seconds, run.value])
        }
    }

    public func run(_ run: RunID) async throws -> RunRecord? {
        try await read("look up run \(run)") { try $0.row("SELECT * FROM runs WHERE id = ?", [run.value]).map(RunRecord.init) }
    }

    public func unfinishedRuns() async throws -> [RunRecord] {
        let records = try await read("list the runs without an end") { session in
            try session.rows("SELECT * FROM runs WHERE exit_status IS NULL ORDER BY started, id", []).map(RunRecord.init)
        }
        return records.filter { !$0.owner.isAlive }
    }

    /// The runs that began last, newest first.
    public func runs(limit: Int) async throws -> [RunRecord] {
        try await read("list the runs") { session in
            try session.rows("SELECT * FROM runs ORDER BY started DESC, id DESC LIMIT ?", [max(0, limit)]).map(RunRecord.init)
        }
    }
}

extension LedgerSession {
    /// - Throws: `InfrastructureError` if the run never began.
    func requireRun(_ run: RunID) throws {
        guard try row("SELECT 1 FROM runs WHERE id = ?", [run.value]) == nil else { return }
        throw InfrastructureError(
            "the ledger knows no run \(run)", why: "it never began, or its record was pruned", next: "list the runs: matrix status",
            type: .ledgerRun, isTransient: false)
    }

    fileprivate func refuseIfOwned(_ run: RunRecord) throws {
        guard let row = try row("SELECT owner FROM runs WHERE id = ? AND exit_status IS NULL", [run.run.value]) else { return }
        let owner = try row.json(Owner.self, "owner")
        guard owner != run.owner, owner.isAlive else { return }
        throw UsageError(
            "run \(run.run) still belongs to process \(owner.pid) on \(owner.machine)",
            hint: "wait for it, or end it there with: kill \(owner.pid)")
    }
}

extension RunRecord {
    init(_ row: Row) throws {
        self.init(
            run: RunID(row["id"]), matrix: row["matrix"], file: row["file"], started: Timestamp(seconds: row["started"]),
            owner: try row.json(Owner.self, "owner"), platforms: try row.json([String: String].self, "platforms"), reports: row["reports"],
            arguments: try row.json([String: [String]].self, "arguments"),
            exitStatus: (row["exit_status"] as Int32?).map { ExitStatus(rawValue: $0) ?? .infrastructure })
    }
}
