import GRDB
import MatrixCore

extension SQLiteLedger {
    /// The verdicts of the cells whose names match, in the last `runs` runs of each matrix; flaky ones first.
    ///
    /// - Parameter cells: a glob.
    public func verdictsOfCells(matching cells: String, runs: Int) async throws -> [VerdictHistory] {
        let rows = try await read("look up the verdicts of cells") { session in
            try session.rows(
                "\(Self.recent) SELECT past.matrix, past.cell, past.run, past.finished, past.outcome, 0 AS attempts "
                    + "FROM history_cells AS past JOIN recent ON recent.run = past.run WHERE recent.position <= ? "
                    + "ORDER BY past.matrix, past.cell, recent.started, past.run",
                [runs]
            ).map(HistoryRow.init)
        }
        return Self.histories(rows.filter { Glob.matches(cells, $0.cell) })
    }

    /// The verdicts of cases in the last `runs` runs of each matrix; flaky ones first.
    ///
    /// - Parameters:
    ///   - text: part of the step or name, upper or lower case; nil for cases that did not pass at once in all these runs.
    public func verdictsOfCases(matching cells: String, text: String?, runs: Int) async throws -> [VerdictHistory] {
        let former = text.map { FormerName.of($0) }
        let rows = try await read("look up the verdicts of cases") { session in
            let found = try session.rows(Self.caseVerdicts(text == nil ? .notPassed : .text), [runs] + (text.map { ["\($0)"] } ?? [])).map(
                HistoryRow.init)
            // Cases of the release before had other names: those that go with the found ones are looked up, too.
            let names = found.lazy.flatMap { [$0.name, $0.step].compactMap(\.self) }
            guard former != text || names.contains(where: { FormerName.mayBe($0) || FormerName.keepsBlanks($0) }) else { return found }
            return try session.rows(Self.caseVerdicts(.all), [runs]).map(HistoryRow.init)
        }
        let histories = Self.grouped(rows.filter { Glob.matches(cells, $0.cell) }).joiningFormerNames
        return histories.filter { history in
            guard let text else { return !history.verdicts.allSatisfy { $0.outcome == .passed && $0.attempts == 0 } }
            return "\(history.step ?? ""): \(history.name ?? "")".lowercased().contains(text.lowercased())
        }.flakyFirst
    }

    /// Which cases are looked up.
    private enum Cases {
        case all
        case text
        case notPassed
    }

    /// What the cells whose names match cost in the last `runs` runs of each matrix.
    ///
    /// - Parameter cells: a glob.
    public func costs(matching cells: String, runs: Int) async throws -> CostHistory {
        let rows = try await read("look up what runs cost") { session in
            try session.rows(
                "\(Self.recent) SELECT past.run, past.matrix, past.cell, past.platform, past.costs, recent.started "
                    + "FROM history_cells AS past "
                    + "JOIN recent ON recent.run = past.run WHERE recent.position <= ? AND past.costs IS NOT NULL",
                [runs]
            ).map { row in
                let cell = CostHistory.Cell(
                    run: RunID(row["run"]), matrix: row["matrix"], started: Timestamp(seconds: row["started"]), platform: row["platform"],
                    costs: try row.json([Cost].self, "costs"))
                return (name: row["cell"] as String, cell: cell)
            }
        }
        return CostHistory(rows.filter { Glob.matches(cells, $0.name) }.map(\.cell))
    }

    /// Each matrix's runs, numbered from the newest.
    private static let recent = """
        WITH recent AS (
            SELECT run, started, row_number() OVER (PARTITION BY matrix ORDER BY started DESC, run DESC) AS position FROM history_runs)
        """

    private static func caseVerdicts(_ cases: Cases) -> String {
        let chosen =
            switch cases {
            case .all: "SELECT * FROM asked"
            case .text: "SELECT * FROM asked WHERE instr(lower(step || ': ' || name), lower(?)) > 0"
            case .notPassed:
                "SELECT * FROM asked WHERE (matrix, cell, id) IN ("
                    + "SELECT matrix, cell, id FROM asked WHERE outcome <> 'passed' OR attempts > 0)"
            }
        return """
            \(recent), asked AS (
                SELECT past.matrix, past.cell, past.run, past.finished, recent.started, names.id, names.phase, names.step,
                    names.name, cases.outcome, cases.attempts
                FROM recent JOIN history_cells AS past ON past.run = recent.run JOIN history_cases AS cases ON cases.cell = past.id
                JOIN history_names AS names ON names.id = cases.name WHERE recent.position <= ?)
            \(chosen) ORDER BY matrix, cell, id, started, run
            """
    }

    /// Groups the rows by cell, or by case; they come in that order.
    private static func histories(_ rows: [HistoryRow]) -> [VerdictHistory] { grouped(rows).flakyFirst }

    private static func grouped(_ rows: [HistoryRow]) -> [VerdictHistory] {
        var histories: [VerdictHistory] = []
        for row in rows {
            if let last = histories.last, row.isOf(last) {
                histories[histories.count - 1].verdicts.append(row.verdict)
            } else {
                histories.append(row.history)
            }
        }
        return histories
    }
}

/// One verdict and its cell or case, as the database gives it.
private struct HistoryRow: Sendable {
    let matrix: String
    let cell: String
    let phase: Phase?
    let step: String?
    let name: String?
    let verdict: VerdictHistory.Verdict

    init(_ row: Row) {
        matrix = row["matrix"]
        cell = row["cell"]
        phase = (row["phase"] as String?).flatMap(Phase.init)
        step = row["step"]
        name = row["name"]
        verdict = VerdictHistory.Verdict(
            run: RunID(row["run"]), finished: Timestamp(seconds: row["finished"]), outcome: Outcome(rawValue: row["outcome"]) ?? .skipped,
            attempts: row["attempts"])
    }

    var history: VerdictHistory { VerdictHistory(matrix: matrix, cell: cell, phase: phase, step: step, name: name, verdicts: [verdict]) }

    func isOf(_ history: VerdictHistory) -> Bool {
        matrix == history.matrix && cell == history.cell && phase == history.phase && step == history.step && name == history.name
    }
}
