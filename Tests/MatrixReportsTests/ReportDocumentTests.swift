import CustomDump
import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixReports

struct ReportDocumentTests {
    @Test(arguments: ["junit.xml", "index.html", "summary.md", "results.json", "ctrf.json"])
    func `The golden run's documents are as they were`(_ name: String) throws {
        let folder = try TemporaryFolder()
        try folder.put("artifacts/rocky10-podman/monitoring.log")
        let written = try ReportCatalogue.all().flatMap { try $0.write(SampleRun.red.result, into: folder.path) }
        #expect(Set(written) == ["junit.xml", "index.html", "summary.md", "results.json", "ctrf.json"])
        let text = try folder.text(name)
        if Repository.updatesGolden { try text.write(toFile: Repository.golden(name), atomically: true, encoding: .utf8) }
        expectNoDifference(text, try String(contentsOfFile: Repository.golden(name), encoding: .utf8))
    }

    @Test(arguments: SampleRun.allCases)
    func `A page stays within its budget`(_ sample: SampleRun) throws {
        let folder = try TemporaryFolder()
        _ = try HTMLReporter().write(sample.result, into: folder.path)
        let page = try folder.text("index.html")
        #expect(page.utf8.count <= 2_000_000)
        #expect(page.count(of: "<") - page.count(of: "</") <= 30_000)
        #expect(page.contains("<h1>"))
    }

    @Test
    func `Parts of a phase are no tries of it`() throws {
        var run = SampleRun.green.result
        let phase = try #require(run.cells[0].phases.firstIndex { $0.phase == .provision })
        run.cells[0].phases.insert(run.cells[0].phases[phase], at: phase)
        #expect(try !page(of: run).contains(" in 2 tries"))
        run.cells[0].phases[phase + 1].attempt = 2
        #expect(try page(of: run).count(of: " in 2 tries") == 1)
    }

    private func page(of run: RunResult) throws -> String {
        let folder = try TemporaryFolder()
        _ = try HTMLReporter().write(run, into: folder.path)
        return try folder.text("index.html")
    }

    @Test
    func `What passed over something is shown in amber, once for all cells`() throws {
        var run = SampleRun.green.result
        let note = "2 tasks failed and were ignored; the play `prepare <x>` touched no host of this cell"
        for cell in run.cells.indices {
            let index = try #require(run.cells[cell].cases.firstIndex { $0.phase == .deploy && $0.outcome == .passed })
            run.cells[cell].cases[index].properties[CaseResult.noteProperty] = note
        }
        let noted = PassedNote.all(of: run.cells)
        #expect(noted.count == 1 && noted[0].cells == run.cells.map(\.name) && noted[0].note == note)
        let page = try page(of: run)
        #expect(page.contains("<span class=\"word note\">△ passed, but</span>") && page.contains("touched no host of this cell"))
        #expect(!page.contains("<x>"))
        #expect(page.contains("<dt>With a note</dt><dd>\(run.cells.count) cases passed</dd>"))
        let summary = SummaryReporter.text(ReportedRun(run))
        #expect(summary.contains("### △ Passed, but") && summary.contains("2 tasks failed and were ignored"))
        // A note of a case that failed is no excuse: the case is among what broke.
        for index in run.cells[0].cases.indices { run.cells[0].cases[index].outcome = .failed }
        #expect(PassedNote.count(in: run.cells[0]) == 0)
        #expect(try !self.page(of: SampleRun.green.result).contains("class=\"notes\""))
    }

    @Test
    func `No text of the outside world becomes markup`() throws {
        let folder = try TemporaryFolder()
        _ = try HTMLReporter().write(SampleRun.hostile.result, into: folder.path)
        let page = try folder.text("index.html")
        #expect(page.count(of: "<script>") == 1)
        #expect(page.count(of: "</style>") == 1)
        #expect(!page.contains("<img") && !page.contains("<b>odd"))
        #expect(page.contains("{{cells}} {{{style}}}"))
        #expect(!page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" || (0x202a...0x202e).contains($0.value) })
    }

    @Test
    func `A summary stays below GitHub's limit and ends with where the rest is`() throws {
        let run = ReportedRun(SampleRun.red.result)
        let whole = SummaryReporter.text(run)
        let cut = SummaryReporter.text(run, limit: 1500)
        #expect(cut.utf8.count <= 1500 && cut.utf8.count < whole.utf8.count)
        #expect(cut.contains("… the rest is in index.html"))
        #expect(cut.hasSuffix("of run `261120-050122-k3f9`.\n"))
        #expect(cut.count(of: "```").isMultiple(of: 2))
        #expect(whole.contains("expected: active (running), enabled\nobserved: failed (exit-code), enabled, 5 restarts"))
    }

    @Test
    func `Markdown shows texts as they are written`() {
        #expect(Markdown.text("a|b <i> `x` *y* @me #1 &lt;", limit: 100) == "a\\|b &lt;i&gt; \\`x\\` \\*y\\* &#64;me &#35;1 &amp;lt;")
        #expect(Markdown.code("a ``b`` c") == "```a ``b`` c```")
        #expect(Markdown.fence("```\nx", limit: 100) == "````text\n```\nx\n````\n\n")
    }

    @Test
    func `Texts are cut by scalars and cleaned`() {
        let marks = "e" + String(repeating: "\u{301}", count: 5000)
        #expect(ReportText.line(marks, limit: 100).unicodeScalars.count == 100)
        #expect(ReportText.block(marks, limit: 100).unicodeScalars.count < 200)
        #expect(ReportText.line("\u{1b}[31ma\u{1b}[0m \t\n b\u{0}", limit: 10) == "a b")
        #expect(ReportText.block(" \n\t ", limit: 10).isEmpty)
        #expect(Decimal.seconds(12.3) == "12.300")
        #expect(Decimal.seconds(0.0005) == "0.001")
        #expect(Decimal.seconds(.nan) == "0.000")
    }
}

extension String {
    /// How often `part` is in this text.
    fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}
