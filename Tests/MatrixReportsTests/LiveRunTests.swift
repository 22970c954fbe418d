import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixReports

/// The page of a run that goes on, made of its first report and its events.
@Suite struct LiveRunTests {
    private static let start = Timestamp(seconds: 1000)

    private static func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: 1000 + seconds) }

    /// What the report says at the start of a run: every planned case is unfinished.
    private static func draft(_ cells: [String]) -> RunResult {
        let planned: [(Phase, String, String)] = [
            (.create, "create", "create"), (.deploy, "site", "site"), (.verify, "verify", "port 80"), (.destroy, "destroy", "destroy"),
        ]
        let results = cells.map { name in
            CellResult(
                name: name, point: [AxisValue(axis: "os", value: name)], platform: "podman", outcome: .error, queued: start, started: start,
                finished: start,
                cases: planned.map { phase, step, title in
                    CaseResult(
                        phase: phase, step: step, name: title, outcome: .error, started: start, seconds: 0, message: "not finished",
                        type: ProblemType.unfinished.rawValue)
                })
        }
        var result = RunResult(
            run: RunID("261129-120000-aaaa"), matrix: "m", file: "m.yml", started: start, finished: start,
            axes: [Axis(name: "os", values: cells)], cells: results,
            warnings: [Diagnostic(at: nil, "the run has not ended: it goes on, or its process died")], exitStatus: .infrastructure)
        result.unfinished = true
        return result
    }

    private static func test(_ phase: Phase, _ step: String, _ name: String, _ outcome: Outcome) -> CaseResult {
        CaseResult(
            phase: phase, step: step, name: name, outcome: outcome, started: start, seconds: 1,
            message: outcome == .failed ? "expected true, observed false" : nil, type: outcome == .failed ? "matrix.check.port" : nil)
    }

    /// Cell `a` deploys, `b` waits for its turn.
    private static var deploying: LiveRun {
        var run = LiveRun(draft(["a", "b"]))
        run.apply(Event(time: start, .runStarted(matrix: "m", cells: ["a", "b"], notSelected: 0)))
        run.apply(Event(time: at(1), cell: "a", .cellStarted))
        run.apply(Event(time: at(1), cell: "a", .phaseStarted(.create, attempt: 1)))
        run.apply(Event(time: at(5), cell: "a", .caseFinished(test(.create, "create", "create", .passed))))
        run.apply(
            Event(
                time: at(5), cell: "a",
                .phaseFinished(PhaseResult(phase: .create, attempt: 1, started: at(1), finished: at(5), outcome: .passed))))
        run.apply(Event(time: at(5), cell: "a", .phaseStarted(.deploy, attempt: 1)))
        run.apply(Event(time: at(6), cell: "a", .stepStarted(.deploy, step: "site")))
        run.apply(Event(time: at(7), cell: "a", .taskStarted(.deploy, step: "site", task: "Install prometheus")))
        return run
    }

    @Test func `A cell that runs shows its step and its log, and no case of it is an error`() throws {
        let (result, activity) = Self.deploying.result(at: Self.at(20))
        let cell = result.cells[0]
        #expect(cell.cases.map(\.outcome) == [.passed, .skipped, .skipped, .skipped] && cell.outcome == .skipped)
        #expect(cell.cases[1].attachments == ["artifacts/a/deploy-site.log"] && cell.cases[2].attachments.isEmpty)
        let doing = try #require(activity.cells["a"])
        #expect(doing.phase == .deploy && doing.words == "site: Install prometheus" && doing.since == Self.at(5))
        #expect(activity.running == 1 && activity.waiting == 1 && activity.logs == ["artifacts/a/deploy-site.log"])
        #expect(result.exitStatus == .passed && result.warnings.isEmpty)
    }

    @Test func `A verdict is shown as soon as it is known`() {
        var run = Self.deploying
        run.apply(Event(time: Self.at(21), cell: "a", .caseFinished(Self.test(.deploy, "site", "Install prometheus (host)", .failed))))
        let (result, activity) = run.result(at: Self.at(22))
        #expect(
            result.cells[0].cases.map(\.name) == ["create", "site", "Install prometheus (host)", "port 80", "destroy"], "behind its step")
        #expect(result.cells[0].outcome == .failed && activity.cells["a"] != nil)
        let verdict = Verdict(ReportedRun(result, activity: activity))
        #expect(verdict.headline == "1 of 2 cells failed so far, 1 running, 1 waiting" && verdict.tone == .failed)
    }

    @Test func `A cell that has ended is what its events say, later what the report says`() {
        var run = Self.deploying
        run.apply(Event(time: Self.at(30), cell: "a", .cellFinished(.passed, message: nil)))
        let (result, activity) = run.result(at: Self.at(31))
        #expect(result.cells[0].outcome == .passed && result.cells[0].finished == Self.at(30) && activity.cells.keys.sorted() == ["b"])
        #expect(result.cells[0].cases[2].message == "not run: the cell ended before it")
        var newer = Self.draft(["a", "b"])
        newer.cells[0].cases = [Self.test(.deploy, "site", "site", .passed)]
        newer.cells[0].outcome = .passed
        newer.cells[0].hosts = [HostResult(name: "a", role: "host", address: "10.0.0.1", resource: "x")]
        run.renew(newer)
        #expect(run.result(at: Self.at(32)).result.cells[0].hosts.count == 1)
    }

    @Test func `A run that another process continues begins anew`() {
        var run = Self.deploying
        run.apply(Event(time: Self.at(90), .runStarted(matrix: "m", cells: ["a", "b"], notSelected: 0)))
        #expect(run.result(at: Self.at(91)).activity.waiting == 2)
    }

    @Test func `The page has the state of each cell, the line of now, and the growing log with its end`() throws {
        let folder = try TemporaryFolder()
        try folder.put("artifacts/a/deploy-site.log", (1...3).map { "line \($0) of the deploy" }.joined(separator: "\n"))
        var (result, activity) = Self.deploying.result(at: Self.at(20))
        activity.remaining = 20
        let page = try #require(try PageRenderer(isLive: true).page(of: result, in: folder.path, activity: activity))
        #expect(page.contains("▸ deploy") && page.contains("· waiting") && page.contains("the run goes on, about 20s left"))
        #expect(page.contains("data-terms=\"s:running os:a\"") && page.contains("data-query=\"s:waiting\""))
        #expect(page.contains("<rect class=\"now\" fill=\"#5c5953\" x=\"500\""))
        #expect(page.contains("line 3 of the deploy") && page.contains("new EventSource"))
        #expect(!page.contains("class=\"cause "), "nothing broke")
        let cell = try #require(try PageRenderer().cellPage("cell-a", of: result, in: folder.path, activity: activity))
        #expect(cell.contains("line 3 of the deploy"))
    }

    @Test func `What has ended is shown by the live page as by the report`() throws {
        let folder = try TemporaryFolder()
        let result = try #require(FirstScreenTests.runs.first).result
        _ = try HTMLReporter().write(result, into: folder.path)
        let live = try #require(try PageRenderer(isLive: true).page(of: result, in: folder.path))
        let script = try ReportResources.text("live.js")
        #expect(live.replacing(script, with: "") == (try folder.text("index.html")))
    }
}
