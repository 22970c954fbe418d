import Foundation
import IntegrationSupport
import Testing

/// The report as Chromium reads it: its script filters by what the address says.
@Suite(.requires(.chromium)) struct BrowserTests {
    @Test func theAddressChoosesTheCells() throws {
        let report = Project.repository.appendingPathComponent("fixtures/golden/index.html").absoluteString
        let dom = try Shell.run(
            "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom",
            "\(report)#q=os:debian12"
        ).output
        let cells = dom.split(separator: "<details id=\"cell-").dropFirst().map { $0.prefix { $0 != ">" } }
        #expect(cells.count > 1)
        for cell in cells { #expect(cell.contains("hidden") == !cell.contains("os:debian12 "), "\(cell)") }
    }
}
