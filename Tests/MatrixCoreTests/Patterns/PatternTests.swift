import Testing

@testable import MatrixCore

/// Regular expressions: the same answers as Swift's own engine gives, without its backtracking.
@Suite struct PatternTests {
    private static let patterns = [
        "a", "abc", "a|b", "^a", "a$", "^$", "^b$", #"\Aa"#, #"c\z"#, "a*b", "a+b", "a?b", "(ab)+c", "(?:ab|cd)*e", "a{2}", "a{2,}b",
        "^a{1,3}$", "a{0}b", "x*", "[abc]+d",
        "[^abc]", "[a-cx-z]9", #"[\d.]+"#, #"\d+\.\d+"#, #"\w+@\w+"#, #"\s"#, #"\S+\s\S+"#, #"\bword\b"#, #"\Bord"#, "a.c", "(?i)HeLLo",
        "h(?i:E)llo", "(?<name>a)b",
        "[a-]",
        #"\."#, #"\Qa.c\E"#, "[[:digit:]]+x", #"\x41"#, #"\u00e9"#, "é", #"\p{Lu}\p{Ll}"#, "a*?b", "(a|ab)(c|bcd)", "((a*)*)*b", "(|a)b",
        "^(?:[0-9]{1,3}\\.){3}[0-9]{1,3}$",
        "Z|^(x|y)+$",
        "[\\]\\\\]", "(?s)a.c", "^\\s*#", "a\\/b", "🚦+",
    ]
    private static let texts = [
        "", "a", "b", "abc", "aab", "xaay", "one\nb\ntwo", "ab\n", "\n", "AbC", "hello", "hEllo", "HELLO", "a.c", "a\nc", "axc", "1.25",
        "me@example", "a word here", "swords",
        "10.0.0.255",
        "10.0.0", "abab", "ababc", "cdabe", "abcd", "9", "x9", "é", "É", "]", "-", "\\", "  # note", "a/b", "A", "12x", "🚦🚦", "yxyx",
        "tab\there", "Österreich",
    ]

    @Test func findsWhatSwiftsEngineFinds() throws {
        for pattern in Self.patterns {
            let own = try Pattern(pattern)
            let other = try Regex(pattern).anchorsMatchLineEndings().matchingSemantics(.unicodeScalar)
            for text in Self.texts {
                #expect(own.isFound(in: text) == (text.firstMatch(of: other) != nil), "\(pattern) in \(text.debugDescription)")
            }
        }
    }

    /// Backtracking engines need longer than the universe for each of these.
    @Test(arguments: ["(a+)+$", "(a|aa)+$", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)x", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a?){30}a{30}b"])
    func cannotRunAway(_ pattern: String) throws {
        let text = String(repeating: "a", count: 20_000) + "!"
        #expect(try !Pattern(pattern).isFound(in: text))
    }

    @Test(arguments: ["(", ")", "[", "[a", "*", "a**", "+a", "a{3,1}", "(?<a", "\\", "[z-a]", "(?", "a{2}{3}"]) func isNoExpression(
        _ text: String
    ) {
        #expect(throws: PatternProblem()) { try Pattern(text) }
    }

    @Test(arguments: [
        ("(?=a)", "a look-ahead"), ("a(?!b)", "a look-ahead"), ("(?<=a)b", "a look-behind"), ("(a)\\1", "a back-reference"),
        ("a++", "a possessive repetition"),
        ("(?>a)", "an atomic group"), ("\\p{Nope}", "the property Nope"), ("\\y", "the escape \\y"),
        ("a{1,5000}", "more than 1000 repetitions"), ("a{99999999999999999999}", "more than 1000 repetitions"),
        ("((a{1000}){1000}){1000}", "too many repetitions of repetitions"), ("(?x)a", "the option x"),
    ])
    func saysWhatItCannotDo(_ text: String, _ unknown: String) {
        #expect(throws: PatternProblem(unknown: unknown)) { try Pattern(text) }
    }

    @Test func bracesThatBoundNothingAreBraces() throws {
        #expect(try Pattern("{\"a\": {}}").isFound(in: "x {\"a\": {}} y"))
        #expect(try Pattern("\\d{2}").isFound(in: "a12"))
        #expect(try Pattern("[]a]{2}").isFound(in: "x]a"))
    }
}
