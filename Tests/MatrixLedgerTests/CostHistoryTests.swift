import MatrixCore
import MatrixLedger
import Testing

/// What runs cost, one by one and together.
@Suite struct CostHistoryTests {
    /// 2026-11-23 05:01:22 UTC.
    private static let november = 1_795_410_082.0
    private static let month = 30.0 * 86_400

    private func cell(_ name: String, on platform: String, _ costs: [Cost]?) -> CellResult {
        var cell = CellResult.sample(name)
        cell.platform = platform
        cell.costs = costs
        return cell
    }

    private func remember(_ run: String, _ matrix: String = "site", started: Double, _ cells: [CellResult], in ledger: SQLiteLedger)
        async throws
    {
        var result = RunResult.sample(run, matrix: matrix, cells: cells)
        result.started = Timestamp(seconds: started)
        try await ledger.remember(result)
    }

    private func withHistory(_ body: (SQLiteLedger) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            let old = [cell("rocky9-linode", on: "linode", [Cost(0.036, "USD")]), cell("rocky9-podman", on: "podman", nil)]
            try await remember("old", started: Self.november - Self.month, old, in: ledger)
            let new = [
                cell("rocky9-linode", on: "linode", [Cost(0.036, "USD")]), cell("rocky10-linode", on: "linode", [Cost(0.072, "USD")]),
                cell("rocky9-other", on: "other", [Cost(1, "EUR")]),
            ]
            try await remember("new", started: Self.november, new, in: ledger)
            try await remember("free", started: Self.november + 60, [cell("rocky9-podman", on: "podman", nil)], in: ledger)
            try await body(ledger)
        }
    }

    @Test func eachRunAndAllByMonthAndPlatform() async throws {
        try await withHistory { ledger in
            let history = try await ledger.costs(matching: "*", runs: 20)
            #expect(history.runs.map(\.run.value) == ["new", "old"], "what was free is left out")
            #expect(history.runs.map(\.costs) == [[Cost(1, "EUR"), Cost(0.108, "USD")], [Cost(0.036, "USD")]])
            #expect(history.sums.map(\.month) == ["2026-11", "2026-11", "2026-10"])
            #expect(history.sums.map(\.platform) == ["linode", "other", "linode"])
            #expect(history.sums.map(\.runs) == [1, 1, 1])
            #expect(history.sums.map(\.costs) == [[Cost(0.108, "USD")], [Cost(1, "EUR")], [Cost(0.036, "USD")]])
            #expect(history.total == [Cost(1, "EUR"), Cost(0.144, "USD")])
        }
    }

    @Test func onlyTheCellsAndRunsThatAreAskedFor() async throws {
        try await withHistory { ledger in
            let nine = try await ledger.costs(matching: "rocky9-*", runs: 20)
            #expect(nine.total == [Cost(1, "EUR"), Cost(0.072, "USD")])
            let newest = try await ledger.costs(matching: "*", runs: 2)
            #expect(newest.runs.map(\.run.value) == ["new"], "the two newest are free and new")
            let none = try await ledger.costs(matching: "nothing", runs: 20)
            #expect(none == CostHistory())
        }
    }
}
