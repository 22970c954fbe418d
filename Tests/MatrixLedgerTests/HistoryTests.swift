import GRDB
import MatrixCore
import Testing

@testable import MatrixLedger

@Suite struct HistoryTests {
    @Test func aCellThatNeverRanHasNoExpectation() async throws {
        try await withTemporaryFolder { folder in
            let again = try SQLiteLedger(state: folder)
            #expect(try await again.expectedDurations(matrix: "local", cells: ["x"]).isEmpty)
        }
    }

    @Test func theMedianOfTheLastFivePassedRunsIsExpected() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            for (number, seconds) in [900.0, 900, 10, 14, 60, 11, 12].enumerated() {
                let cell = CellResult.sample(seconds: [.create: seconds, .deploy: 2 * seconds], finished: 1000 + Double(number))
                try await ledger.remember(.sample("r\(number)", cells: [cell]))
            }
            let failed = CellResult.sample(outcome: .failed, seconds: [.create: 5000], finished: 3000)
            try await ledger.remember(.sample("failed", cells: [failed]))
            let expected = try await ledger.expectedDurations(matrix: "local", cells: ["debian12-podman"])
            #expect(expected == ["debian12-podman": [.create: 12, .deploy: 24]])
        }
    }

    @Test func matricesAndCellsAreKeptApart() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.remember(.sample("a", cells: [.sample(seconds: [.create: 1]), .sample("other", seconds: [.create: 2])]))
            try await ledger.remember(.sample("b", matrix: "site", cells: [.sample(seconds: [.create: 3])]))
            #expect(try await ledger.expectedDurations(matrix: "local", cells: ["debian12-podman"])["debian12-podman"] == [.create: 1])
            #expect(try await ledger.expectedDurations(matrix: "local", cells: ["other"])["other"] == [.create: 2])
            #expect(try await ledger.expectedDurations(matrix: "site", cells: ["debian12-podman"])["debian12-podman"] == [.create: 3])
        }
    }

    @Test func costsAreRememberedAndAddUp() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            var cell = CellResult.sample(seconds: [.create: 1], finished: 2000)
            cell.costs = [Cost(0.25, "USD"), Cost(1, "EUR")]
            try await ledger.remember(.sample("a", cells: [cell, .sample("free", seconds: [.create: 1], finished: 2000)]))
            cell.costs = [Cost(0.5, "USD")]
            try await ledger.remember(.sample("b", cells: [cell]))
            #expect(try await ledger.costs(matrix: "local", since: Timestamp(seconds: 0)) == [Cost(1, "EUR"), Cost(0.75, "USD")])
            #expect(try await ledger.costs(matrix: "local", since: Timestamp(seconds: 2001)).isEmpty)
            #expect(try await ledger.costs(matrix: "site", since: Timestamp(seconds: 0)).isEmpty)
        }
    }

    @Test func triesOfAPhaseAddUp() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            var cell = CellResult.sample(seconds: [.create: 10])
            let second = PhaseResult(
                phase: .create, attempt: 2, started: Timestamp(seconds: 50), finished: Timestamp(seconds: 55), outcome: .passed)
            // The clock was set back meanwhile: such a try counts nothing.
            let third = PhaseResult(
                phase: .create, attempt: 3, started: Timestamp(seconds: 50), finished: Timestamp(seconds: 45), outcome: .passed)
            cell.phases += [second, third]
            try await ledger.remember(.sample(cells: [cell]))
            #expect(try await ledger.expectedDurations(matrix: "local", cells: [cell.name])[cell.name] == [.create: 15])
        }
    }

    @Test func theSameRunAgainReplacesItsHistory() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            var cell = CellResult.sample(outcome: .failed, seconds: [.create: 1])
            cell.cases = [
                CaseResult(phase: .verify, step: "verify", name: "it's up", outcome: .failed, started: Timestamp(seconds: 1), seconds: 1),
                CaseResult(phase: .deploy, step: "site", name: "no check", outcome: .passed, started: Timestamp(seconds: 1), seconds: 1),
            ]
            try await ledger.remember(.sample(cells: [cell]))
            cell.cases[0].outcome = .passed
            cell.cases[0].attempts = [Attempt(outcome: .failed, message: "m", detail: "", type: "t")]
            try await ledger.remember(.sample(cells: [cell]))
            let (cases, runs, phases) = try await ledger.read("test") { session in
                let rows = try session.rows(
                    "SELECT n.step, n.name, c.outcome, c.attempts FROM history_cases c JOIN history_names n ON n.id = c.name ORDER BY n.id")
                return try (
                    rows.map { "\($0["step"] as String)|\($0["name"] as String)|\($0["outcome"] as String)|\($0["attempts"] as Int)" },
                    session.rows("SELECT 1 FROM history_runs").count, session.rows("SELECT 1 FROM history_phases").count
                )
            }
            #expect(cases == ["verify|it's up|passed|1", "site|no check|passed|0"])
            #expect(runs == 1 && phases == 1)
        }
    }

    @Test func pruningForgetsWhatIsOldAndOver() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.remember(.sample("old", cells: [.sample(seconds: [.create: 900], finished: 10)]))
            try await ledger.remember(.sample("new", cells: [.sample(seconds: [.create: 2], finished: 1000)]))
            for run in ["over", "left", "going", "crashed"] {
                try await ledger.begin(.sample(RunID(run), started: 10, owner: run == "crashed" ? .dead : .current()))
                let lease = try await ledger.intend(.sample(run: RunID(run)))
                if run != "left" { try await ledger.destroyed(lease) }
                if run == "over" || run == "left" { try await ledger.end(RunID(run), exitStatus: .passed) }
            }
            #expect(try await ledger.prune(olderThan: Timestamp(seconds: 500)) == 3)
            #expect(try await ledger.expectedDurations(matrix: "local", cells: ["debian12-podman"])["debian12-podman"] == [.create: 2])
            #expect(Set(try await ledger.runs(limit: 9).map(\.run.value)) == ["left", "going"])
            #expect(try await ledger.open().map(\.resource.run.value) == ["left"])
            #expect(try await ledger.prune(olderThan: Timestamp(seconds: 500)) == 0)
        }
    }
}
