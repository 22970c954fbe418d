import MatrixCore
import Testing

@testable import MatrixCLI

@Suite struct RunSummaryTests {
    private static let start = Timestamp(seconds: 1_795_410_000)

    private func cell(_ name: String, _ outcome: Outcome, _ cases: [CaseResult]) -> CellResult {
        let phase = PhaseResult(phase: .deploy, attempt: 1, started: Self.start, finished: Self.start + .seconds(12), outcome: outcome)
        return CellResult(
            name: name, point: [], platform: "podman", outcome: outcome, queued: Self.start, started: Self.start,
            finished: Self.start + .seconds(65),
            phases: [phase], cases: cases)
    }

    private func result(_ name: String, _ outcome: Outcome, message: String? = nil, detail: String? = nil) -> CaseResult {
        CaseResult(
            phase: .verify, step: "verify", name: name, outcome: outcome, started: Self.start, seconds: 1, message: message, detail: detail,
            location: SourceLocation(file: "m.yml", line: 9, column: 5))
    }

    private func summary(_ cells: [CellResult], leaks: [Leak] = [], kept: [Resource] = [], status: MatrixCore.ExitStatus) -> String {
        var run = RunResult(
            run: RunID("261123-050122-test"), matrix: "m", file: "my matrices/m.yml", started: Self.start,
            finished: Self.start + .seconds(70), axes: [],
            cells: cells, leaks: leaks, kept: kept)
        run.exitStatus = status
        return RunSummary(result: run, reports: WrittenReports(folder: "/r", names: ["results.json", "index.html"]), coloured: false).text
    }

    @Test func whatItCostIsInTheLastLine() {
        var paid = cell("a", .passed, [result("service x", .passed)])
        paid.costs = [Cost(0.036, "USD")]
        #expect(summary([paid], status: .passed).contains("1 passed in 1m10s, for 0.036 USD; exit status 0"))
    }

    /// Ignored failures are green, and said.
    @Test func aNoteIsShownBelowTheTable() {
        var noted = result("site", .passed)
        noted.properties[CaseResult.noteProperty] = "2 tasks failed and were ignored"
        let text = summary([cell("a", .passed, [noted]), cell("b", .passed, [noted, result("x", .passed)])], status: .passed)
        #expect(text.contains("△ a, b: site: 2 tasks failed and were ignored\n"))
        #expect(text.contains("2 passed △"))
        #expect(text.contains("exit status 0"))
    }

    @Test func aGreenRunIsATableAndOneLine() {
        #expect(
            summary([cell("a", .passed, [result("service x", .passed)])], status: .passed) == """
                CELL  VERDICT   CASES     TIME   PHASES
                a     ✓ passed  1 passed  1m05s  deploy 12s

                run 261123-050122-test: 1 passed in 1m10s; exit status 0
                reports: /r/index.html
                """)
    }

    @Test func aProblemHasItsPlaceAndWhatWasSeen() {
        let text = summary(
            [cell("a", .failed, [result("port 80", .failed, message: "nothing listens", detail: "expected: open\nobserved: closed")])],
            status: .failed)
        #expect(text.contains("✗ a: verify: port 80: nothing listens\n    at m.yml:9:5\n    expected: open\n    observed: closed"))
    }

    @Test func whatIsLeftIsSaidWithItsIdAndCommand() {
        let resource = Resource(platform: "podman", kind: "container", name: "a-r", id: "c0ffee", run: RunID("r"), cell: "a")
        let text = summary([], leaks: [Leak(resource: resource, why: "denied", command: "matrix reap --run r --yes")], status: .leaked)
        #expect(text.contains("LEFT BEHIND: container a-r (id c0ffee) on podman: denied\n    remove it: matrix reap --run r --yes"))
    }

    @Test func whatIsLeftOrKeptIsSaidWithItsCost() throws {
        var resource = Resource(platform: "linode", kind: "linode", name: "a-r", id: "4711", run: RunID("r"), cell: "a")
        let price = Price(hourly: 0.036, currency: "USD")
        let leak = Leak(
            resource: resource, why: "denied", command: "matrix reap --run r --yes", price: price, since: Self.start)
        #expect(
            summary([], leaks: [leak], status: .leaked).contains(
                "LEFT BEHIND: linode a-r (id 4711) on linode: denied; "
                    + "it costs 0.036 USD an hour since \(Self.start)\n    remove it: matrix reap"
            ))
        resource.price = price
        #expect(
            summary([], kept: [resource, resource], status: .passed).contains("kept: a, which costs 0.072 USD an hour\n    matrix ssh a\n"))
    }

    @Test func aKeptCellComesWithTheCommandsToGoOn() {
        let resource = Resource(platform: "podman", kind: "container", name: "a-r", id: "c0ffee", run: RunID("r"), cell: "a")
        let text = summary([], kept: [resource], status: .passed)
        #expect(text.contains("kept: a\n    matrix ssh a\n    matrix inventory a\n"))
        #expect(text.contains("    matrix destroy 'my matrices/m.yml' --cell a"))
    }

    @Test func aSkippedCellSaysWhyAndWhatToDo() {
        let text = summary(
            [cell("r", .skipped, [result("create", .skipped, message: "no registry", detail: "no registry\nnext: podman load it")])],
            status: .passed)
        #expect(text.contains("– r: no registry\n    next: podman load it"))
    }
}
