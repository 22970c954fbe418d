import MatrixCore
import Testing

@testable import MatrixCLI

/// What several rounds of a matrix say together.
@Suite struct RepeatedVerdictsTests {
    private static func round(_ number: Int, _ cells: [String: [(String, Outcome, Int)]]) -> RunResult {
        let now = Timestamp(seconds: Double(number))
        let results = cells.sorted { $0.key < $1.key }.map { name, cases in
            CellResult(
                name: name, point: [], platform: "p", outcome: cases.contains { $0.1 == .failed } ? .failed : .passed, queued: now,
                started: now,
                finished: now,
                cases: cases.map { title, outcome, tries in
                    var test = CaseResult(
                        phase: .verify, step: "verify", name: title, outcome: outcome, started: now, seconds: 0,
                        message: outcome == .failed ? "round \(number)" : nil)
                    test.attempts = (0..<tries).map { _ in Attempt(outcome: .error, message: "lost", detail: "", type: "t") }
                    return test
                })
        }
        return RunResult(
            run: RunID("261129-00000\(number)-aaaa"), matrix: "m", file: "m.yml", started: now, finished: now, axes: [], cells: results)
    }

    @Test func `A verdict that changes is flaky, with the run in which it first did not pass`() throws {
        var verdicts = RepeatedVerdicts()
        verdicts.add(Self.round(1, ["a": [("port 80", .passed, 0), ("file", .passed, 0)], "b": [("port 80", .passed, 0)]]))
        verdicts.add(Self.round(2, ["a": [("port 80", .failed, 0), ("file", .passed, 0)], "b": [("port 80", .passed, 0)]]))
        verdicts.add(Self.round(3, ["a": [("port 80", .failed, 0), ("file", .skipped, 0)], "b": [("port 80", .passed, 0)]]))
        let flaky = try #require(verdicts.flaky.first)
        #expect(verdicts.flaky.count == 1 && flaky.place.title == "port 80" && flaky.place.cell == "a")
        #expect(flaky.counts.words == "1 passed, 2 failed" && flaky.miss?.run.value == "261129-000002-aaaa")
        #expect(verdicts.passing == ["b"])
        #expect(verdicts.text.contains("\n1 flaky verdict:\n    a: port 80: 1 passed, 2 failed; first in run 261129-000002-aaaa: round 2"))
        #expect(verdicts.text.contains("△ flaky") && verdicts.text.contains("✓ passed"))
    }

    @Test func `A case that always fails is not flaky, one that passes on a retry is`() {
        var verdicts = RepeatedVerdicts()
        for number in 1...2 { verdicts.add(Self.round(number, ["a": [("red", .failed, 0)], "b": [("slow", .passed, number - 1)]])) }
        #expect(verdicts.flaky.map(\.place.name) == ["slow"])
        #expect(verdicts.flaky[0].counts.words == "2 passed, 1 on a retry")
        #expect(verdicts.text.contains("✗ failed"))
        #expect(verdicts.document.flaky.map(\.message) == ["lost"])
    }

    @Test func `A repetition is a number from 1 or until-failure`() {
        #expect(Repetition("3") == .times(3) && Repetition("until-failure") == .untilFailure)
        for text in ["0", "-1", "often", ""] { #expect(Repetition(text) == nil, "\(text)") }
    }
}
