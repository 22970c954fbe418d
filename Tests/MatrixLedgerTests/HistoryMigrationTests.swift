import GRDB
import MatrixCore
import Testing

@testable import MatrixLedger

/// Files that an older `matrix` wrote are brought up to date when they are opened, and lose nothing.
@Suite struct HistoryMigrationTests {
    @Test func aFileOfVersion1KeepsItsHistoryAndItsLeases() async throws {
        try await withTemporaryFolder { folder in
            try Self.writeVersion1(to: "\(folder)/state.db")
            let ledger = try SQLiteLedger(state: folder)
            #expect(try await ledger.open().map(\.resource.name) == [Resource.sample().name])
            #expect(try await ledger.expectedDurations(matrix: "local", cells: ["debian12-podman"])["debian12-podman"] == [.create: 7])
            let past = try await ledger.pastRuns(of: "local", before: Timestamp(seconds: 1e9), except: RunID("none"), limit: 9)
            #expect(past.map(\.run.value) == ["b", "a"])
            #expect(past.map(\.exitStatus) == [.failed, .passed])
            #expect(past.map(\.started.seconds) == [200, 90])
            #expect(past[0].problems?.map(\.name) == ["it's up"])
            let cases = try await ledger.verdictsOfCases(matching: "*", text: "up", runs: 9)
            #expect(cases.map { $0.verdicts.map(\.outcome) } == [[.passed, .failed]])
            #expect(cases.map(\.step) == ["verify"])
            try await ledger.remember(.sample("c", cells: [.sample(seconds: [.create: 1])]))
            #expect(try await ledger.costs(matching: "*", runs: 9) == CostHistory())
            #expect(try SQLiteLedger(state: folder).file == ledger.file)
        }
    }

    /// A file from before cells had their platform: its costs count, under none.
    @Test func costsOfAnEarlierVersionHaveNoPlatform() async throws {
        try await withTemporaryFolder { folder in
            try Self.writeVersion1(to: "\(folder)/state.db")
            let queue = try DatabaseQueue(path: "\(folder)/state.db")
            try Schema.migrator.migrate(queue, upTo: "history")
            try await queue.write {
                try $0.execute(sql: #"UPDATE history_cells SET costs = '[{"amount":0.5,"currency":"USD"}]' WHERE run = 'b'"#)
            }
            try queue.close()
            let history = try await SQLiteLedger(state: folder).costs(matching: "*", runs: 9)
            #expect(history.runs.map(\.run.value) == ["b"] && history.total == [Cost(0.5, "USD")])
            #expect(history.sums.map(\.platform) == [nil])
        }
    }

    private static func writeVersion1(to file: String) throws {
        let queue = try DatabaseQueue(path: file)
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: Migrations.version1) }
        try migrator.migrate(queue)
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO runs VALUES ('a', 'local', '/p/m.yml', 90, 100, '\(JSON.text(Owner.dead))', '{}', '/r', 0);
                    INSERT INTO leases (run, cell, platform, kind, name, resource_id, resource, state, since, changed)
                        VALUES ('a', 'debian12-podman', 'podman', 'container', 'n', 'id', '\(JSON.text(Resource.sample()))', 'leaked', \
                    1, 1);
                    INSERT INTO history_cells VALUES (1, 'a', 'local', 'debian12-podman', 'passed', 100), (2, 'b', 'local', \
                    'debian12-podman', 'failed', 200);
                    INSERT INTO history_phases VALUES (1, 'create', 7), (2, 'create', 70);
                    INSERT INTO history_checks VALUES (1, 'it''s up', 'passed', 0), (1, 'it''s up', 'passed', 0), (2, \
                    'it''s up', 'failed', 1),
                        (2, 'not asked', 'skipped', 0);
                    """)
        }
    }
}
