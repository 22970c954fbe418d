import GRDB
import Testing

@testable import MatrixCore
@testable import MatrixLedger

@Suite struct VerdictTests {
    private static func test(_ name: String, _ outcome: Outcome, attempts: Int = 0, phase: Phase = .verify) -> CaseResult {
        CaseResult(
            phase: phase, step: phase.rawValue, name: name, outcome: outcome, started: Timestamp(seconds: 1), seconds: 1,
            attempts: (0..<attempts).map { _ in Attempt(outcome: .failed, message: "m", detail: "", type: "t") })
    }

    /// A run of one cell whose checks came to these outcomes.
    private static func run(_ number: Int, _ cases: [CaseResult], cell: String = "debian12-podman") -> RunResult {
        var cell = CellResult.sample(
            cell, outcome: cases.contains { $0.outcome == .failed } ? .failed : .passed, finished: 100 * Double(number))
        cell.cases = cases
        var run = RunResult.sample("r\(number)", cells: [cell])
        run.started = Timestamp(seconds: 100 * Double(number) - 50)
        run.exitStatus = cell.outcome == .failed ? .failed : .passed
        run.commit = "c\(number)"
        return run
    }

    @Test func whatIsFlakyComesFirst() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            for number in 1...5 {
                try await ledger.remember(
                    Self.run(
                        number,
                        [
                            Self.test("always", .passed), Self.test("broken", .failed),
                            Self.test("flips", number.isMultiple(of: 2) ? .failed : .passed),
                            Self.test("retried", .passed, attempts: number == 3 ? 2 : 0), Self.test("absent", .skipped),
                            Self.test("site", .passed, phase: .deploy),
                        ]))
            }
            let cases = try await ledger.verdictsOfCases(matching: "*", text: nil, runs: 20)
            #expect(cases.map(\.name) == ["flips", "retried", "broken"])
            #expect(cases.map(\.isFlaky) == [true, true, false])
            #expect(cases[0].verdicts.map(\.outcome) == [.passed, .failed, .passed, .failed, .passed])
            #expect(cases[1].verdicts.map(\.attempts) == [0, 0, 2, 0, 0])
            #expect((cases[2].passed, cases[2].asked) == (0, 5))
            #expect(try await ledger.verdictsOfCases(matching: "*", text: nil, runs: 2).map(\.name) == ["broken", "flips"])
            #expect(try await ledger.verdictsOfCases(matching: "rocky*", text: nil, runs: 20).isEmpty)
            #expect(try await ledger.verdictsOfCases(matching: "debian*", text: "DEPLOY: s", runs: 20).map(\.name) == ["site"])
            #expect(try await ledger.verdictsOfCells(matching: "*", runs: 3).map(\.verdicts.count) == [3])
        }
    }

    @Test func aCaseKeepsItsHistoryUnderItsNewName() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.remember(
                Self.run(
                    1,
                    [Self.test("file /temp/x", .failed), Self.test("addr address:22", .passed), Self.test("addr address:22 (2)", .failed)]))
            try await ledger.remember(
                Self.run(
                    2, [Self.test("file /tmp/x", .passed), Self.test("addr 10.0.0.1:22", .passed), Self.test("addr 10.0.0.2:22", .failed)]))
            let cases = try await ledger.verdictsOfCases(matching: "*", text: nil, runs: 20)
            #expect(cases.map { $0.name ?? "" }.sorted() == ["addr 10.0.0.2:22", "file /tmp/x"])
            #expect(cases.first { $0.name == "file /tmp/x" }?.verdicts.map(\.outcome) == [.failed, .passed])
            #expect(cases.first { $0.name == "addr 10.0.0.2:22" }?.verdicts.map(\.outcome) == [.failed, .failed])
            let asked = try await ledger.verdictsOfCases(matching: "*", text: "/tmp/x", runs: 20)
            #expect(asked.map(\.verdicts.count) == [2])
        }
    }

    @Test func theRunBeforeIsKnownWithItsProblems() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            for number in 1...3 {
                try await ledger.remember(Self.run(number, [Self.test("up", number == 2 ? .failed : .passed), Self.test("x", .passed)]))
            }
            try await ledger.remember(.sample("other", matrix: "site", cells: [.sample()]))
            let past = try await ledger.pastRuns(of: "local", before: Timestamp(seconds: 1000), except: RunID("r3"), limit: 5)
            #expect(past.map(\.run.value) == ["r2", "r1"])
            #expect(
                past[0].problems == [PastRun.Problem(cell: "debian12-podman", phase: .verify, step: "verify", name: "up", outcome: .failed)]
            )
            #expect(past[0].outcomes == ["debian12-podman": .failed])
            #expect((past[0].commit, past[0].exitStatus) == ("c2", .failed))
            #expect(past[1].problems == nil)
            var stopped = Self.run(4, [Self.test("up", .interrupted)])
            stopped.exitStatus = .interrupted
            try await ledger.remember(stopped)
            let behind = try await ledger.pastRuns(of: "local", before: Timestamp(seconds: 1000), except: RunID("r3"), limit: 5)
            #expect(behind.map { $0.problems?.count } == [nil, 1, nil])
            #expect(
                try await ledger.pastRuns(of: "local", before: Timestamp(seconds: 160), except: RunID("r2"), limit: 5).map(\.run.value) == [
                    "r1"
                ])
        }
    }

    @Test func namesThatNoRunHasAnyMoreAreForgotten() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.remember(Self.run(1, [Self.test("old", .failed), Self.test("both", .failed)]))
            try await ledger.remember(Self.run(9, [Self.test("both", .failed)]))
            try await ledger.prune(olderThan: Timestamp(seconds: 500))
            let names = try await ledger.read("test") { try $0.rows("SELECT name FROM history_names").map { $0["name"] as String } }
            #expect(names == ["both"])
            #expect(
                try await ledger.pastRuns(of: "local", before: Timestamp(seconds: 1000), except: RunID("r0"), limit: 5).map(\.run.value)
                    == ["r9"])
        }
    }
}
