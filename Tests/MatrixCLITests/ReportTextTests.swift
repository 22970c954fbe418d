import MatrixCore
import MatrixLedger
import MatrixReports
import Testing

@testable import MatrixCLI

@Suite struct ReportTextTests {
    private static func history(_ cell: String, _ name: String?, _ verdicts: [(Outcome, Int)]) -> VerdictHistory {
        VerdictHistory(
            matrix: "m", cell: cell, phase: name == nil ? nil : .verify, step: name == nil ? nil : "verify", name: name,
            verdicts: verdicts.map { .init(run: RunID("r"), finished: Timestamp(seconds: 0), outcome: $0.0, attempts: $0.1) })
    }

    @Test func aStripShowsVerdictsNewestLast() {
        let flaky = Self.history("a", "http grafana", [(.passed, 0), (.failed, 0), (.passed, 2), (.skipped, 0)])
        let broken = Self.history("b", "user", [(.failed, 0), (.error, 0)])
        #expect(
            HistoryTable(isOfOneMatrix: true).cases([flaky, broken]) == """
                CASE          CELL  STATE  PASSED  VERDICTS
                http grafana  a     flaky  2 of 3  ✓✗~–
                user          b     error  0 of 2  ✗!
                """)
        #expect(
            HistoryTable(isOfOneMatrix: false).cells([Self.history("a", nil, [(.passed, 0)])]) == """
                CELL  MATRIX  STATE    PASSED  VERDICTS
                a     m       passing  1 of 1  ✓
                """)
        #expect(HistoryTable(isOfOneMatrix: true).cells([]).isEmpty)
    }

    @Test func twoRunsAreComparedInWords() {
        func run(_ id: String, _ outcomes: [String: Outcome]) -> RunResult {
            let time = Timestamp(seconds: 1_795_410_000)
            let cases = outcomes.sorted { $0.key < $1.key }.map {
                CaseResult(
                    phase: .verify, step: "verify", name: $0.key, outcome: $0.value, started: time, seconds: 1,
                    message: $0.value == .passed ? nil : "why")
            }
            let cell = CellResult(
                name: "c", point: [], platform: "p", outcome: outcomes.values.contains(.failed) ? .failed : .passed, queued: time,
                started: time,
                finished: time, cases: cases)
            return RunResult(
                run: RunID(id), matrix: "m", file: "m.yml", started: time, finished: time, axes: [], cells: [cell], exitStatus: .failed)
        }
        let comparison = RunComparison(
            run("now", ["a": .failed, "b": .passed]), since: PastRun(run("then", ["a": .passed, "b": .failed, "gone": .failed])))
        #expect(
            ComparisonText(comparison: comparison).text == """
                now since then: 1 new, 1 fixed

                NEW
                ✗ c: a: why

                FIXED
                ✗ c: b

                NOT RUN AGAIN
                ✗ c: gone
                """)
    }
}
