import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixReports
@testable import MatrixReportsTests

/// The page, as a browser shows it.
@Suite(.requires(.chromium)) struct ReportPageTests {
    @Test func `Chromium shows what the address asks for`() async throws {
        let folder = try TemporaryFolder()
        _ = try await EngineRun.oneSystem.write(into: folder.path)
        let all = try await Browser(folder, hash: "")
        #expect(all.console.isEmpty)
        // The failed cell comes first.
        #expect(all.shownCells == ["rocky10", "rocky9", "debian12", "debian13"].map { "cell-\($0)-scripted" })
        #expect(all.shownRows == ["service prometheus", "http prometheus is healthy", "package prometheus"])
        let one = try await Browser(folder, hash: "#q=s:failed%20os:rocky10&rows=all")
        #expect(one.shownCells == ["cell-rocky10-scripted"])
        #expect(one.shownRows.count == EngineRun.checks.count)
        let text = try await Browser(folder, hash: "#q=no%20such%20text")
        #expect(text.shownCells.isEmpty)
    }

    @Test(arguments: FirstScreenTests.runs, [(1440, 900), (390, 844)])
    func `The first screen has the headline, every cause and its next step`(_ sample: SampleRun, _ size: (Int, Int)) async throws {
        let folder = try TemporaryFolder()
        let result = sample.result
        _ = try HTMLReporter().write(result, into: folder.path)
        let seen = try await Browser.firstScreen(of: folder, width: size.0, height: size.1)
        let verdict = Verdict(result)
        for part in verdict.parts { #expect(seen.contains(part.text), "\(seen)") }
        #expect(seen.contains { $0.contains(verdict.status) })
        let groups = ProblemGroups.all(of: ReportedRun(result))
        // A telephone shows the beginning of the texts of many causes.
        let isNarrow = size.0 < 640 && groups.count > 2
        for group in groups {
            let step = group.step ?? group.command(file: result.file)
            for text in [group.title, group.message, step] {
                let whole = [text, "→ \(text)"]
                let accepted = isNarrow ? whole + whole.map { $0 + "…" } : whole
                #expect(!accepted.filter(seen.contains).isEmpty, "\(text): \(seen)")
            }
        }
        for skipped in SkippedCells.all(of: result.cells) {
            #expect(seen.contains(skipped.reason))
            for step in skipped.steps { #expect(seen.contains("→ \(step)")) }
        }
    }

    @Test func `A search finds checks, causes and logs, and says if nothing fits`() async throws {
        let folder = try Self.mixed()
        let check = try await Browser(folder, hash: "#q=prometheus-node-exporter")
        #expect(check.shownRows == ["service prometheus-node-exporter on server"])
        #expect(check.shownCauses.isEmpty)
        let cause = try await Browser(folder, hash: "#q=version%20%3C2.50")
        #expect(cause.shownCauses == ["cause-verify-package-prometheus-on-server"])
        let log = try await Browser(folder, hash: "#q=needle")
        #expect(log.shownLogs == [Self.log] && log.shownCells.isEmpty && log.shownSections == ["logs"])
        let nothing = try await Browser(
            folder, hash: "#q=zzz", script: "document.body.dataset.told = document.getElementById('nothing').hidden")
        #expect(nothing.shownSections.isEmpty && nothing.told == "false")
        let term = try await Browser(folder, hash: "#q=os:debian13")
        #expect(term.shownCauses.count == 2 && term.shownCells.count == 2)
    }

    @Test func `A link to a failing line opens its log, and one to a cause the cause`() async throws {
        let folder = try Self.mixed()
        let line = try await Browser(
            folder, hash: "#\(Self.log)-L3", script: "document.body.dataset.told = document.querySelectorAll('.find').length")
        #expect(line.openEntries == [Self.log])
        let cause = try await Browser(folder, hash: "#cause-verify-package-prometheus-on-server")
        #expect(cause.openEntries == ["cause-verify-package-prometheus-on-server"])
        let cell = try await Browser(folder, hash: "#case-debian12-podman-heavy--monitoring-start-and-enable-prometheus")
        #expect(cell.openEntries == ["cell-debian12-podman-heavy"])
    }

    @Test func `Keys search, step and open, unless they are switched off`() async throws {
        let folder = try Self.mixed()
        let press = "const press = key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));"
        let step = try await Browser(
            folder, hash: "",
            script: "\(press) press('j'); press('j'); press('k'); document.body.dataset.told = document.activeElement.parentElement.id;")
        #expect(step.told == "cause-verify-port-9090-listens-on-server")
        let search = try await Browser(
            folder, hash: "", script: "\(press) press('/'); document.body.dataset.told = document.activeElement.id;")
        #expect(search.told == "query")
        let open = try await Browser(folder, hash: "", script: "\(press) press('e');")
        #expect(open.openEntries.count == 4 + 5)
        let off = try await Browser(folder, hash: "", script: "\(press) document.querySelector('#keys button').click(); press('e');")
        #expect(off.openEntries.isEmpty)
    }

    private static let log = "log-debian12-podman-heavy-deploy-monitoring.log"

    /// The red run with one log.
    private static func mixed() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let lines = ["TASK [\(SampleCell.tasks[2])] ***", "a needle", "fatal: [server]: FAILED! => {}"]
        try folder.put("artifacts/debian12-podman-heavy/deploy-monitoring.log", lines.joined(separator: "\n") + "\n")
        _ = try HTMLReporter().write(SampleRun.mixed.result, into: folder.path)
        return folder
    }
}
