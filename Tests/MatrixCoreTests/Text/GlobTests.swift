import MatrixCore
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("rocky9", "rocky9"), ("rocky*", "rocky10"), ("*", ""), ("*", "x"), ("*-podman", "debian12-podman"),
        ("debian1?-*", "debian13-podman"), ("**", "x"), ("", ""),
        ("a*b*c", "aXbXbYc"), ("*a", "aaa"), ("?", "ü"), ("a*", "a"), ("a.c", "a.c"), ("[ab]", "[ab]"),
    ])
    func matches(pattern: String, name: String) {
        #expect(Glob.matches(pattern, name))
    }

    @Test(arguments: [
        ("rocky9", "rocky90"), ("rocky", "rocky9"), ("?", ""), ("", "a"), ("a.c", "abc"), ("a*b", "ac"), ("[ab]", "a"),
        ("Rocky*", "rocky9"),
    ])
    func doesNotMatch(pattern: String, name: String) {
        #expect(!Glob.matches(pattern, name))
    }

    @Test func manyStarsAreNotSlow() {
        #expect(!Glob.matches(String(repeating: "*a", count: 30) + "b", String(repeating: "a", count: 500)))
    }
}
