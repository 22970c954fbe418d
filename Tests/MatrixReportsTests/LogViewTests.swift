import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixReports

struct LogViewTests {
    private static let ansible = """
        PLAY [Shop] ****
        TASK [Gathering Facts] ****
        ok: [web-1]
        TASK [Licence is accepted] ****
        changed: [db-1]
        fatal: [web-1]: FAILED! => {"msg": "[Errno 2] No such file or directory: '/usr/bin/shopctl'"}
        TASK [Never mind] ****
        fatal: [web-1]: FAILED! => {"msg": "ignored"}
        ...ignoring
        PLAY RECAP ****
        """

    @Test
    func `The failing line is that of the case's task, that which has its message, or the last that looks bad`() {
        let lines = Self.ansible.split(separator: "\n").map(String.init)
        #expect(FailingLine.index(of: Self.fault("Shop : Licence is accepted (web)", "x"), in: lines) == 5)
        let shell = ["one", "E: Unable to locate package influxdb3-core", "error: other", "done"]
        #expect(
            FailingLine.index(of: Self.fault("site", "exit status 100: E: Unable to locate package influxdb3-core"), in: shell) == 1)
        #expect(FailingLine.index(of: Self.fault("site", "exit status 1"), in: shell) == 2)
        #expect(FailingLine.index(of: Self.fault("site", "exit status 1"), in: ["fine", "see error.log"]) == nil)
    }

    @Test
    func `Escape codes become colours, and no text of theirs stays`() {
        let lines = ColouredText([
            "a \u{1b}[31mred \u{1b}[1;32mgreen\u{1b}[0m b", "\u{1b}[38;5;31mx\u{1b}[K\u{1b}]0;title\u{07}", "ok: [web]",
        ]).lines
        #expect(
            lines[0] == [
                .init(style: nil, text: "a "), .init(style: .bad, text: "red "), .init(style: .good, text: "green"),
                .init(style: nil, text: " b"),
            ])
        #expect(lines[1].map(\.text).joined() == "x")
        #expect(lines[2] == [.init(style: .good, text: "ok: [web]")])
        // A colour that no code ends goes on in the next line.
        #expect(ColouredText(["\u{1b}[33ma", "b"]).lines[1] == [.init(style: .changed, text: "b")])
    }

    @Test
    func `A log is on the page once, numbered, with its failing line marked, and every link leads there`() throws {
        let folder = try TemporaryFolder()
        let run = SampleRun.mixed.result
        let path = "artifacts/debian12-podman-heavy/deploy-monitoring.log"
        let text = Self.ansible.replacing("Licence is accepted", with: SampleCell.tasks[2])
        try folder.put(path, text + "\n")
        _ = try HTMLReporter().write(run, into: folder.path)
        let page = try folder.text("index.html")
        let anchor = "log-debian12-podman-heavy-deploy-monitoring.log"
        #expect(page.ranges(of: "<details class=\"log\"").count == 1)
        #expect(page.contains("<details class=\"log\" id=\"\(anchor)\" data-cell=\"cell-debian12-podman-heavy\">"))
        #expect(page.contains("data-numbers=\"1\n2\n3\n"))
        #expect(page.contains("<mark id=\"\(anchor)-L6\">fatal: [web-1]: FAILED!"))
        #expect(page.contains("<span class=\"good\">ok: [web-1]\n</span>"))
        // The cause, the case and the cell's list.
        #expect(page.ranges(of: "<a href=\"#\(anchor)-L6\">deploy-monitoring.log, line 6</a>").count == 3)
        #expect(page.contains("<a href=\"./\(path)\">The whole file</a>"))
    }

    @Test
    func `Of a long log there are the lines around the failing one, with the numbers of the file`() throws {
        let folder = try TemporaryFolder()
        let long = (1...20_000).map { $0 == 17_000 ? "fatal: [web-1]: no" : "line \($0) of a long log" }
        try folder.put("a.log", long.joined(separator: "\n") + "\n")
        let cell = SampleRun.mixed.result.cells[1]
        let view = try #require(
            LogView(
                "a.log", of: cell, at: (anchor: "log", cellAnchor: "cell", root: ""), directory: folder.path,
                faults: [Self.fault("site", "no")], limit: 10_000))
        #expect(view.marks.map(\.line) == [17_000])
        let text = view.pieces.map(\.text).joined()
        #expect(text.utf8.count <= 10_100)
        #expect(text.hasPrefix("line \(17_000 - HTMLLimits.linesBeforeFailure) of"))
        #expect(view.numbers.hasPrefix("\(17_000 - HTMLLimits.linesBeforeFailure)\n"))
        #expect(view.numbers.split(separator: "\n").count == text.split(separator: "\n").count)
        #expect(view.size.hasSuffix(" of 20000"))
        #expect(LogFile("\(folder.path)/none.log") == nil)
    }

    @Test
    func `Logs stay within the page's budget`() throws {
        let folder = try TemporaryFolder()
        var run = SampleRun.big.result
        let text = String(repeating: "ok: [<&>]\nchanged: [\"'\"]\nplain\n", count: 4000)
        for cell in run.cells.indices {
            let path = "artifacts/\(run.cells[cell].name)/create.log"
            try folder.put(path, text)
            for test in run.cells[cell].cases.indices where run.cells[cell].cases[test].phase == .create {
                run.cells[cell].cases[test].attachments = [path]
            }
        }
        _ = try HTMLReporter().write(run, into: folder.path)
        let page = try folder.text("index.html")
        #expect(page.contains("<details class=\"log\""))
        #expect(page.utf8.count <= 2_000_000)
        #expect(page.ranges(of: "<").count - page.ranges(of: "</").count <= 30_000)
    }

    private static func fault(_ name: String, _ message: String) -> CaseResult {
        CaseResult(
            phase: .deploy, step: "site", name: name, outcome: .failed, started: SampleRun.zero, seconds: 1, message: message)
    }
}
