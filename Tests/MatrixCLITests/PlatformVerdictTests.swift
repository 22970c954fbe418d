import MatrixConformance
import MatrixCore
import Testing

@testable import MatrixCLI

/// What `matrix platform test` shows, and its exit status.
@Suite struct PlatformVerdictTests {
    private static func verdict(_ promise: Promise, _ outcome: PromiseVerdict.Outcome, left: [String] = []) -> PlatformVerdict {
        PlatformVerdict(platform: "cloud", verdict: PromiseVerdict(promise: promise, outcome: outcome, left: left, seconds: 2))
    }

    @Test func theWorstVerdictIsTheExitStatus() {
        let kept = Self.verdict(.life, .kept)
        let broken = Self.verdict(.adoption, .broken("it was adopted"))
        let left = Self.verdict(.absence, .kept, left: ["host a"])
        let withheld = Self.verdict(.price, .withheld("it costs nothing"))
        #expect(PlatformVerdict.status([kept, withheld]) == nil)
        #expect(PlatformVerdict.status([kept, broken]) == .failed)
        #expect(PlatformVerdict.status([kept, broken, left]) == .leaked)
        #expect(PlatformVerdict.status([withheld, Self.verdict(.life, .untried("it was stopped"))]) == .infrastructure)
    }

    @Test func theTableSaysWhy() {
        let text = PlatformVerdict.table([
            Self.verdict(.life, .kept), Self.verdict(.adoption, .broken("it was adopted\nby its name"), left: []),
            Self.verdict(.absence, .broken("it stayed"), left: ["host a"]),
        ])
        let lines = text.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[1].contains("life") && lines[1].contains("kept"))
        #expect(lines[2].hasSuffix("it was adopted"))
        #expect(lines[3].hasSuffix("it stayed; may be left behind: host a"))
    }
}
