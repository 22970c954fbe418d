import IntegrationSupport
import MatrixTesting
import Testing

@testable import MatrixReportsTests

/// The page, as a browser shows it.
@Suite(.requires(.chromium)) struct ReportPageTests {
    @Test func `Chromium shows what the address asks for`() async throws {
        let folder = try TemporaryFolder()
        _ = try await EngineRun.oneSystem.write(into: folder.path)
        let all = try await Browser(folder, hash: "")
        #expect(all.console.isEmpty)
        #expect(all.shownCells == EngineRun.systems.map { "cell-\($0)-scripted" })
        #expect(all.shownRows == ["service prometheus", "http prometheus is healthy", "package prometheus"])
        let one = try await Browser(folder, hash: "#q=s:failed%20os:rocky10&rows=all")
        #expect(one.shownCells == ["cell-rocky10-scripted"])
        #expect(one.shownRows.count == EngineRun.checks.count)
        let text = try await Browser(folder, hash: "#q=no%20such%20text")
        #expect(text.shownCells.isEmpty)
    }
}
