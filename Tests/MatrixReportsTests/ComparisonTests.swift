import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixReports

struct ComparisonTests {
    @Test
    func `New, fixed, remaining and not repeated problems are told apart`() throws {
        let before = SampleRun.run(
            [
                SampleCell(os: "rocky9", end: .failing(["service prometheus": SampleRun.failed, "port 9090 listens": SampleRun.refused])),
                SampleCell(os: "rocky10", end: .failing(["user prometheus": SampleRun.failed])), SampleCell(os: "debian12"),
            ], exit: .failed)
        let now = SampleRun.run(
            [
                SampleCell(os: "rocky9", end: .failing(["service prometheus": SampleRun.failed, "user prometheus": SampleRun.failed])),
                SampleCell(os: "rocky10", end: .noImage), SampleCell(os: "debian13", end: .failing(["user prometheus": SampleRun.failed])),
            ], exit: .infrastructure)
        let comparison = RunComparison(now, since: PastRun(before))
        #expect(comparison.new.map(\.title) == ["user prometheus on server", "create server", "create client"])
        #expect(comparison.fixed.map(\.title) == ["port 9090 listens on server"])
        #expect(comparison.remaining.map(\.title) == ["service prometheus on server"])
        #expect(comparison.unasked.map(\.cell) == ["rocky10-podman"])
        #expect(comparison.words == "3 new, 1 fixed")
        #expect(
            comparison.cells.map { "\($0.cell) \($0.before?.rawValue ?? "-") \($0.now?.rawValue ?? "-")" }
                == ["rocky10-podman failed error", "debian13-podman - failed", "debian12-podman passed -"])
    }

    @Test
    func `A problem under the name of the release before is the same problem`() throws {
        func run(_ names: [String], failing: Set<String>) -> RunResult {
            var run = SampleRun.green.result
            run.cells = [run.cells[0]]
            run.cells[0].cases = names.map {
                CaseResult(
                    phase: .verify, step: "verify", name: $0, outcome: failing.contains($0) ? .failed : .passed, started: run.started,
                    seconds: 1, message: "no")
            }
            if !failing.isEmpty { run.cells[0].outcome = .failed }
            return run
        }
        let past = PastRun(
            run(["addr address:22", "addr address:22 (2)", "file /temp/x"], failing: ["addr address:22 (2)", "file /temp/x"]))
        let now = run(["addr 10.88.0.1:22", "addr 10.88.0.2:22", "file /tmp/x"], failing: ["addr 10.88.0.1:22", "addr 10.88.0.2:22"])
        let comparison = RunComparison(now, since: past)
        #expect(comparison.new.map(\.title) == ["addr 10.88.0.1:22"])
        #expect(comparison.remaining.map(\.title) == ["addr 10.88.0.2:22"])
        #expect(comparison.fixed.map(\.title) == ["file /tmp/x"])
        #expect(comparison.unasked.isEmpty)
    }

    @Test
    func `Where only outcomes are known nothing is called new`() {
        var past = PastRun(SampleRun.green.result)
        past.problems = nil
        let comparison = RunComparison(SampleRun.red.result, since: past)
        #expect(comparison.new.isEmpty && comparison.words == "nothing new")
        #expect(comparison.cells.map(\.cell) == ["rocky10-podman"])
    }

    @Test
    func `A page says what is new and shows the runs before`() throws {
        let folder = try TemporaryFolder()
        var result = SampleRun.red.result
        var older = PastRun(SampleRun.red.result)
        older.problems = nil
        var last = PastRun(SampleRun.infrastructure.result)
        last.run = RunID("261119-040000-aaaa")
        result.past = [last, older]
        _ = try HTMLReporter().write(result, into: folder.path)
        let page = try folder.text("index.html")
        #expect(page.contains("<dt>Since 261119-040000-aaaa</dt><dd>3 new, 2 fixed</dd>"))
        #expect(page.ranges(of: "<em>new</em>").count == 3)
        #expect(page.contains("Fixed since 261119-040000-aaaa"))
        #expect(
            page.contains(
                ##"<a href="#cell-rocky9-podman">rocky9-podman</a></th><td class="passed">✓</td><td "##
                    + ##"class="error">!</td><td class="passed">✓</td></tr>"##
            ))
        #expect(SummaryReporter.text(ReportedRun(result)).contains("**Since** `261119-040000-aaaa`: 3 new, 2 fixed"))
    }

    @Test
    func `Only rows whose verdicts differ are marked so; what was not asked disagrees with nothing`() throws {
        let run = ReportedRun(
            SampleRun.run([
                SampleCell(os: "rocky9", end: .failing(["service prometheus": SampleRun.failed, "user prometheus": SampleRun.failed])),
                SampleCell(os: "rocky10", end: .failing(["user prometheus": SampleRun.failed])), SampleCell(os: "debian12", end: .noImage),
            ]))
        let grid = CheckGrid(run.cells)
        #expect(grid.rows.count == SampleCell.checks.count)
        #expect(grid.rows.filter(\.differs).map(\.title) == ["service prometheus on server"])
        #expect(grid.rows.first?.outcomes == [.failed, .passed, .skipped])
        #expect(grid.rows.last?.outcomes == [.failed, .failed, .skipped])
    }

    @Test
    func `Facts that only failing cells have are named, once for all roles that agree`() throws {
        let run = ReportedRun(
            SampleRun.run(SampleRun.four { $0 == "debian13" ? .failing(["user prometheus": SampleRun.failed]) : .passed }, exit: .failed))
        let failing = run.cells.filter { $0.outcome == .failed }
        let passing = run.cells.filter { $0.outcome == .passed }
        let found = FactDifference.all(failing: failing, passing: passing)
        #expect(found.map(\.fact) == ["packages.prometheus", "image"])
        #expect(found.first?.failing == ["2.53.3"] && found.first?.passing == ["2.42.0"])
        #expect(FactDifference.all(failing: failing, passing: []).isEmpty)
        var split = failing
        split[0].hosts[1].facts["packages.prometheus"] = "2.42.0"
        #expect(FactDifference.all(failing: split, passing: passing).map(\.fact) == ["server: packages.prometheus", "image"])
    }

    @Test
    func `A thousand cells keep the page within its budget; those without room have separate pages`() throws {
        let folder = try TemporaryFolder()
        let result = LargeRun.cases(cells: 1000, checks: 20)
        let written = try HTMLReporter().write(result, into: folder.path)
        let page = try folder.text("index.html")
        #expect(page.utf8.count <= 2_000_000)
        #expect(page.ranges(of: "<").count - page.ranges(of: "</").count <= 30_000)
        let links = page.matches(of: /href="(cells\/[^"]+)"/).map { String($0.output.1) }
        #expect(links.count > 800)
        #expect(Set(links) == Set(written.dropFirst()))
        #expect(page.ranges(of: #" id="cell-"#).count == 1000)
        let one = try folder.text(try #require(links.last))
        #expect(one.contains("../index.html#cell-"))
        #expect(one.contains("service application-15.service is running and enabled"))
    }
}
