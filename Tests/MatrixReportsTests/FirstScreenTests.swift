import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixReports

/// What a reader must know stands first on the page: the headline, every cause with its next step, why cells were skipped.
struct FirstScreenTests {
    /// A green run with skipped cells, a red one, one of 48 cells.
    static let runs: [SampleRun] = [.skipped, .mixed, .big]

    @Test(arguments: runs)
    func `Headline, causes and next steps stand before everything else`(_ sample: SampleRun) throws {
        let page = try Self.page(of: sample.result)
        let body = try #require(page.firstRange(of: "<body>"))
        let sections = ["grid", "checks", "timeline"].compactMap { page.firstRange(of: "<section id=\"\($0)\"")?.lowerBound }
        let rest = try #require(sections.min())
        let first = Self.decoded(String(page[body.upperBound..<rest]))
        let verdict = Verdict(sample.result)
        for part in verdict.parts { #expect(first.contains(part.text)) }
        #expect(first.contains(verdict.status))
        let groups = ProblemGroups.all(of: ReportedRun(sample.result))
        for group in groups {
            #expect(first.contains(group.title) && first.contains(group.message) && first.contains(group.localisation.sentence))
            #expect(first.contains("→ \(group.step ?? "<code>\(group.command(file: sample.result.file))</code>")"))
        }
        for skipped in SkippedCells.all(of: sample.result.cells) {
            #expect(first.contains(skipped.reason))
            for step in skipped.steps { #expect(first.contains("→ \(step)")) }
        }
        #expect(first.contains("class=\"mini scroll\""))
        #expect(page.contains("<section id=\"broke\"") == !groups.isEmpty)
        #expect(!page.contains(">Nothing.<"))
    }

    @Test(arguments: SampleRun.allCases)
    func `The headline is the same in the tab, on the page, in summary.md and in junit.xml`(_ sample: SampleRun) throws {
        let verdict = Verdict(sample.result)
        let page = try Self.page(of: sample.result)
        #expect(page.contains("<title>\(verdict.sentence) – "))
        let heading = try #require(page.firstMatch(of: /<h1>(.*?)<\/h1>/)?.output.1)
        #expect(heading.replacing(/<[^>]*>/, with: "") == verdict.sentence)
        #expect(SummaryReporter.text(ReportedRun(sample.result)).hasPrefix("## \(verdict.sentence) – "))
        #expect(page.contains("<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg"))
    }

    @Test
    func `A summary says why cells were skipped, and what to do`() {
        let summary = SummaryReporter.text(ReportedRun(SampleRun.skipped.result))
        #expect(summary.contains("> [!WARNING]\n> – 2 cells skipped: `rocky9-podman`, `rocky10-podman`\n"))
        #expect(summary.contains("no image for rocky9 on this machine"))
        #expect(summary.contains("> Next: run where the registry answers"))
        #expect(summary.contains("Exit status 0: every verdict passed; skipped cells do not count."))
    }

    @Test
    func `What passed shows what was observed`() throws {
        let page = try Self.page(of: SampleRun.green.result)
        #expect(page.contains("✓ passed in all 4 cells <small>running: true (active, running)</small>"))
        let one = try Self.page(of: SampleRun.one.result)
        #expect(one.contains("<small>running: true (active, running)</small>"))
        // The only cell is open, and needs no grid.
        #expect(one.contains(/<details id="cell-[^>]* open>/) && !one.contains("<section id=\"grid\""))
    }

    @Test
    func `Anchors are made of names, so that a link fits the next run too`() throws {
        let ids = { (page: String) in Set(page.matches(of: /\sid="((?:cause|case|cell|log)-[^"]*)"/).map { String($0.output.1) }) }
        let before = try ids(Self.page(of: SampleRun.mixed.result))
        var later = SampleRun.mixed.result
        later.cells.removeFirst()
        for cell in later.cells.indices {
            for test in later.cells[cell].cases.indices { later.cells[cell].cases[test].seconds += 7 }
        }
        let after = try ids(Self.page(of: later))
        #expect(before.contains("cause-verify-port-9090-listens-on-server"))
        #expect(before.contains("case-debian12-podman-heavy--monitoring-start-and-enable-prometheus"))
        #expect(after.isSubset(of: before))
    }

    @Test(arguments: SampleRun.allCases)
    func `Every link within a page has a target`(_ sample: SampleRun) throws {
        let page = try Self.page(of: sample.result)
        let ids = Set(page.matches(of: /\sid="([^"]*)"/).map { String($0.output.1) })
        for link in Set(page.matches(of: /\shref="#([^"]*)"/).map({ String($0.output.1) })) { #expect(ids.contains(link), "\(link)") }
        #expect(page.matches(of: /\sid="([^"]*)"/).count == ids.count)
    }

    @Test
    func `Cells with a problem come first`() throws {
        let page = try Self.page(of: SampleRun.big.result)
        let cells = page.matches(of: /<details id="cell-[^"]*" class="cell" data-terms="s:([a-z]*)/).map { String($0.output.1) }
        #expect(cells.count == 48)
        #expect(cells.prefix(15).allSatisfy { $0 == "failed" || $0 == "error" } && cells.dropFirst(15).allSatisfy { $0 == "passed" })
    }

    @Test
    func `What is kept is one short line for each cell`() throws {
        var run = SampleRun.kept.result
        let id = String(repeating: "0a1b2c3d", count: 8)
        for index in run.kept.indices { run.kept[index].id = id }
        for cell in run.cells.indices { for host in run.cells[cell].hosts.indices { run.cells[cell].hosts[host].resource = id } }
        let page = try Self.page(of: run)
        #expect(page.contains("rocky10-podman: 2 containers"))
        #expect(page.ranges(of: "matrix destroy matrices/local.yml --cell rocky10-podman").count == 1)
        #expect(!page.contains(id) && page.contains("0a1b2c3d0a1b"))
    }

    private static func page(of run: RunResult) throws -> String {
        let folder = try TemporaryFolder()
        _ = try HTMLReporter().write(run, into: folder.path)
        return try folder.text("index.html")
    }

    /// The characters that the page escapes.
    private static func decoded(_ page: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")].reduce(page) {
            $0.replacing($1.0, with: $1.1)
        }
    }
}
