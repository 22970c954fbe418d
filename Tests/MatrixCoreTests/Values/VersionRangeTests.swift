import MatrixCore
import Testing

@Suite struct VersionRangeTests {
    @Test(arguments: [
        (">=2.17", "2.17.0", true), (">=2.17", "2.16.9", false), (">=2.17", "2.19.1", true), (">= 2.17 , <2.20", "2.20.0", false),
        (">=2.17,<2.20", "2.19.99", true), ("==2.19", "2.19.0", true), ("==2.19", "2.19.1", false), ("!=2.18.1", "2.18.1", false),
        (">2.17", "2.17", false), ("<=2.17", "2.17.0", true), (">=2.20", "2.20.0rc1", false), (">=2.19", "2.20.0rc1", true),
        (">=2.9", "2.10", true), (">=2", "2.0.0.dev1", false), (">=1.0", "1.0+debian1", true),
    ])
    func `A version is in a range by its numbers, a candidate comes before its release`(_ range: String, _ version: String, _ fits: Bool)
        throws
    {
        #expect(try #require(VersionRange(range)).contains(version) == fits)
        #expect(range.wholeMatch(of: try Regex(VersionRange.pattern)) != nil)
    }

    @Test(arguments: ["", "2.17", ">=", ">=2.17,", "~=2.17", ">=2.x", ">=2.17 <3"]) func `What names no bounds is no range`(_ text: String)
        throws
    {
        #expect(VersionRange(text) == nil)
        #expect(text.wholeMatch(of: try Regex(VersionRange.pattern)) == nil)
    }

    @Test func `pip takes the text`() {
        #expect(VersionRange(">= 2.17, < 2.20")?.text == ">=2.17,<2.20")
    }
}
