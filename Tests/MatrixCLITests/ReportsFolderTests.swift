import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCLI

/// The folder of reports: what is ours in it, the page over all of them, and which go.
@Suite struct ReportsFolderTests {
    private let temporary: TemporaryFolder
    private let folder: ReportsFolder

    init() throws {
        temporary = try TemporaryFolder()
        folder = ReportsFolder("\(temporary.path)/reports", project: temporary.path)
    }

    private func put(_ name: String, matrix: String = "m", status: MatrixCore.ExitStatus = .passed) throws {
        let start = Timestamp(seconds: 1_795_410_000)
        let cell = CellResult(
            name: "a", point: [], platform: "podman", outcome: status == .passed ? .passed : .failed, queued: start, started: start,
            finished: start + .seconds(65), phases: [], cases: [])
        let result = RunResult(
            run: RunID(String(name.prefix(18))), matrix: matrix, file: "m.yml", started: start, finished: start + .seconds(70), axes: [],
            cells: [cell], exitStatus: status)
        try temporary.put("reports/\(name)/results.json", String(decoding: try JSON.encode(result, pretty: true), as: UTF8.self))
    }

    @Test func onlyFoldersOfOurRunsAreReports() throws {
        try put("261101-010101-aaaa")
        try put("261102-010101-bbbb-deploy-2")
        for name in ["keep-me", "261103-010101-cccc-old", "26110-1-x"] { try put(name) }
        try temporary.put("reports/261104-010101-dddd/notes.txt", "")
        try FileManager.default.createSymbolicLink(atPath: "\(folder.root)/latest", withDestinationPath: "261101-010101-aaaa")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.root)/261105-010101-eeee", withDestinationPath: "261101-010101-aaaa")
        #expect(folder.entries().map(\.name) == ["261102-010101-bbbb-deploy-2", "261101-010101-aaaa"])
        #expect(folder.entries().map(\.run.value) == ["261102-010101-bbbb", "261101-010101-aaaa"])
        #expect(folder.latest == "261101-010101-aaaa")
    }

    @Test func thePageListsEveryReportAndEscapesWhatItSays() throws {
        try put("261101-010101-aaaa", matrix: "<b>&\"")
        try put("261102-010101-bbbb", status: .failed)
        let index = ReportsIndex(folder: folder)
        try index.write(index.lines())
        let page = try temporary.text("reports/index.html")
        #expect(page.contains("&lt;b&gt;&amp;&quot;") && !page.contains("<b>"))
        #expect(page.contains(#"<a href="261102-010101-bbbb/index.html">"#) && page.contains("✗ failed") && page.contains("1 failed"))
        #expect(page.contains("2 reports") && page.contains(">1m10s<"))
        #expect(!page.contains("<script"))
    }

    @Test func theMemoryFollowsTheFolder() throws {
        try put("261101-010101-aaaa")
        try put("261102-010101-bbbb")
        let index = ReportsIndex(folder: folder)
        try index.write(index.lines())
        try FileManager.default.removeItem(atPath: "\(folder.root)/261101-010101-aaaa")
        try put("261102-010101-bbbb", matrix: "another name", status: .failed)
        #expect(index.lines().map(\.matrix) == ["another name"])
        try temporary.put("reports/.index.json", "[{")
        #expect(index.lines().count == 1, "a damaged memory is made again")
    }

    @Test func theNewestRunsOfAMatrixStay() throws {
        for name in ["261101-010101-aaaa", "261102-010101-bbbb", "261102-010101-bbbb-deploy", "261103-010101-cccc", "261104-010101-dddd"] {
            try put(name)
        }
        try put("261001-010101-zzzz", matrix: "other")
        let lines = ReportsIndex(folder: folder).lines()
        var retention = ReportRetention(folder: folder)
        #expect(
            retention.surplus(of: "m", keeping: 2, among: lines).map(\.name) == [
                "261102-010101-bbbb-deploy", "261102-010101-bbbb", "261101-010101-aaaa",
            ])
        retention.needed = [RunID("261102-010101-bbbb")]
        try FileManager.default.createSymbolicLink(atPath: "\(folder.root)/latest", withDestinationPath: "261101-010101-aaaa")
        #expect(retention.surplus(of: "m", keeping: 2, among: lines).isEmpty, "a kept cell's, and the one that latest shows")
    }

    @Test func oldReportsAreFoundByTheirRunsTime() throws {
        try put("261101-010101-aaaa")
        try put("261110-010101-bbbb")
        let now = try #require(RunID("261111-010101-cccc").began)
        let retention = ReportRetention(folder: folder)
        #expect(retention.older(than: .seconds(7 * 86400), now: now).map(\.name) == ["261101-010101-aaaa"])
        #expect(retention.older(than: .zero, now: now).count == 2)
    }
}
