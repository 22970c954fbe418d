import MatrixCore
import Testing

@testable import MatrixCLI

/// Times in tables, and tables in the width of a screen.
@Suite struct RelativeTests {
    private static let now = Timestamp(seconds: 1_000_000)

    @Test(arguments: [(14_300.0, "in 3h58m"), (40, "in 40s"), (720, "in 12m"), (190_000, "in 2d4h"), (-120, "2m ago")])
    func anEndIsSaidFromNow(seconds: Double, words: String) {
        #expect(Relative.end(Self.now + .seconds(seconds), from: Self.now) == words)
    }

    @Test func whatNeverEndsSaysSo() {
        #expect(Relative.end(nil) == "never")
        #expect(Relative.expiry(Self.now + .seconds(-60), from: Self.now) == "expired 1m ago")
    }

    @Test func aTableLeavesOutWhatMattersLeast() {
        let wide = String(repeating: "x", count: 60)
        let table = Table(
            headings: ["CELL", "PLATFORM", "DONE", "COST"], rows: [[wide, String(repeating: "p", count: 50), "deploy failed", ""]])
        let fitted = table.fitting(100, droppingFirst: ["PLATFORM", "DONE"])
        #expect(fitted.headings == ["CELL", "DONE"] && fitted.columns <= 100)
        #expect(table.fitting(200, droppingFirst: ["PLATFORM"]).headings == ["CELL", "PLATFORM", "DONE"])
    }
}
