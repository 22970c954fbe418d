import Foundation
import GRDB
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixLedger

/// A `state.db` into which somebody else wrote: it is refused or read, and nothing ends the process.
@Suite(.timeLimit(.minutes(10))) struct FuzzTests {
    private static let values: [DatabaseValue] = [
        .null, "text".databaseValue, "".databaseValue, Int64.max.databaseValue, Int64.min.databaseValue, (-1).databaseValue,
        1e300.databaseValue, Double.infinity.databaseValue, Data([0xff, 0, 0xfe]).databaseValue, "{\"pid\": 1e300}".databaseValue,
        "[1]".databaseValue, "\u{0}".databaseValue, 4_294_967_296.databaseValue,
    ]

    @Test func rows() async throws {
        let environment = ProcessInfo.processInfo.environment
        var dice = SeededGenerator(seed: environment["SOLTI_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1)
        let end = ContinuousClock.now + .bounded(seconds: environment["SOLTI_FUZZ_SECONDS"].flatMap { Double($0) } ?? 2)
        let text = try String(contentsOfFile: Repository.path("fixtures/state/version-1.sql"), encoding: .utf8)
        repeat {
            try await withTemporaryFolder { folder in
                try makeState(in: folder, text)
                for _ in 0...Int.random(in: 0...2, using: &dice) { try change("\(folder)/state.db", &dice) }
                await readEverything(folder)
            }
        } while ContinuousClock.now < end
    }

    /// A file of this version with rows in its tables.
    private func makeState(in folder: String, _ text: String) throws {
        var configuration = Configuration()
        // The tables come in the order of their names.
        configuration.foreignKeysEnabled = false
        let made = try DatabaseQueue(path: "\(folder)/state.db", configuration: configuration)
        try made.writeWithoutTransaction { try $0.execute(sql: text) }
        try Schema.migrate(made)
        try made.close()
    }

    /// Another value in a column of a table, or in all of its rows.
    private func change(_ file: String, _ dice: inout SeededGenerator) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: file, configuration: configuration)
        let value = Self.values[Int.random(in: 0..<Self.values.count, using: &dice)]
        let columns = try queue.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT t.name AS "table", c.name AS "column" FROM sqlite_master t, pragma_table_info(t.name) c
                    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'grdb%' ORDER BY 1, 2
                    """)
        }
        let chosen = columns[Int.random(in: 0..<columns.count, using: &dice)]
        let (table, column) = (chosen["table"] as String, chosen["column"] as String)
        // What a constraint of the table refuses cannot be in the file.
        try? queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = 1")
            try database.execute(sql: "UPDATE \"\(table)\" SET \"\(column)\" = ?", arguments: [value])
        }
        try queue.close()
    }

    private func readEverything(_ folder: String) async {
        guard let ledger = try? SQLiteLedger(state: folder) else { return }
        _ = try? await ledger.open()
        let runs = (try? await ledger.runs(limit: 10)) ?? []
        for run in runs { _ = try? await (ledger.run(run.run), ledger.progress(of: run.run)) }
        _ = try? await (ledger.unfinishedRuns(), ledger.claims(kind: nil), ledger.hosts(), ledger.queue())
        _ = try? await ledger.pastRuns(of: "local", before: .now, except: RunID("261123-050122-zzzz"), limit: 5)
        _ = try? await ledger.expectedDurations(matrix: "local", cells: ["debian12-podman"])
        _ = try? await ledger.verdictsOfCells(matching: "*", runs: 5)
        _ = try? await ledger.verdictsOfCases(matching: "*", text: nil, runs: 5)
        _ = try? await ledger.costs(matching: "*", runs: 5)
    }

    @Test func aRowOfAnotherTypeIsRefusedWithItsTable() async throws {
        let text = try String(contentsOfFile: Repository.path("fixtures/state/version-1.sql"), encoding: .utf8)
        try await withTemporaryFolder { folder in
            try makeState(in: folder, text)
            let queue = try DatabaseQueue(path: "\(folder)/state.db")
            try await queue.writeWithoutTransaction { try $0.execute(sql: "UPDATE leases SET since = 'yesterday'") }
            try queue.close()
            let error = #expect(throws: InfrastructureError.self) { try SQLiteLedger(state: folder) }
            #expect(error?.why == "it is damaged (its table leases has a row that cannot be read)")
        }
    }
}
