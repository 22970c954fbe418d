import MatrixCore
import MatrixLedger
import MatrixTesting
import Testing

@testable import MatrixCLI

@Suite struct CostTableTests {
    @Test func aHistoryWithoutCostsHasNoTable() { #expect(CostTable(costs: CostHistory()).text == "") }

    @Test func runsComeFirstThenMonthsAndPlatforms() async throws {
        let folder = try TemporaryFolder()
        let ledger = try SQLiteLedger(state: folder.path)
        let started = Timestamp(seconds: 1_795_410_082)
        var cell = CellResult(
            name: "a", point: [], platform: "linode", outcome: .passed, queued: started, started: started, finished: started)
        cell.costs = [Cost(0.036, "USD")]
        for run in ["r1", "r2"] {
            try await ledger.remember(
                RunResult(
                    run: RunID(run), matrix: "m", file: "m.yml", started: started + .seconds(run == "r1" ? 0 : 60), finished: started,
                    axes: [], cells: [cell]))
        }
        let history = try await ledger.costs(matching: "*", runs: 9)
        #expect(
            CostTable(costs: history).text == """
                RUN  MATRIX  STARTED                   COST
                r2   m       2026-11-23T05:02:22.000Z  0.036 USD
                r1   m       2026-11-23T05:01:22.000Z  0.036 USD

                MONTH    PLATFORM  RUNS  COST
                2026-11  linode    2     0.072 USD

                total: 0.072 USD
                """)
    }
}
