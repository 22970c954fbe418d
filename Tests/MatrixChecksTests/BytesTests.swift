import MatrixCore
import Testing

@testable import MatrixChecks

/// Texts are compared by their bytes, not by what people see as one character.
@Suite struct BytesTests {
    private func judge(_ matcher: String, _ output: String) throws -> Judgement {
        try Samples.judge("command: x\nstdout: \(matcher)", output: output)
    }

    @Test(arguments: [
        ("{ contains: \"⚠\" }", "x ⚠\u{fe0f} disk", true), ("{ not: { contains: \"⚠\" } }", "x ⚠\u{fe0f} disk", false),
        (#"{ contains: "\nERROR" }"#, "a\r\nERROR\r\n", true), (#"{ not: { contains: "\nERROR" } }"#, "a\r\nERROR\r\n", false),
        (#"{ contains: "a\n" }"#, "a\r\nb", false), (#"{ contains: "a\r" }"#, "a\r\nb", true),
        ("{ contains: 'failed: 1' }", "failed: 1\u{fe0f}\u{20e3}", true), ("{ not: { contains: cafe } }", "cafe\u{301}", false),
        ("{ contains: \"e\u{301}\" }", "\u{e9}", false), ("\"e\u{301}\"", "\u{e9}", false), ("\u{e9}", "\u{e9}\n", true),
        ("{ one_of: [\"e\u{301}\"] }", "\u{e9}", false), ("{ not: \"e\u{301}\" }", "\u{e9}", true),
        ("{ contains: aab }", "aaab", true), ("{ contains: abab }", "abaababb", true), ("{ contains: abab }", "abaabba", false),
        ("{ json: { \"e\u{301}\": 1 } }", "{\"\u{e9}\": 1}", false), ("{ json: { \u{e9}: 1 } }", "{\"\u{e9}\": 1}", true),
        ("{ yaml: { \"e\u{301}\": 1 } }", "\u{e9}: 1", false), ("{ yaml: { \u{e9}: 1 } }", "\u{e9}: 1\ne\u{301}: 2", true),
        ("{ json: { a: { contains: \"e\u{301}\" } } }", "{\"a\": {\"\u{e9}\": 1}}", false),
        ("{ json: { a: { equals: { \"e\u{301}\": 1 } } } }", "{\"a\": {\"\u{e9}\": 1}}", false),
        ("{ json: { a: \"e\u{301}\" } }", "{\"a\": \"\u{e9}\"}", false), ("{ gt: 3 }", " \u{301}5", false),
    ])
    func whatMatches(_ matcher: String, _ output: String, _ holds: Bool) throws {
        #expect(try judge(matcher, output).settled().holds == holds)
    }

    /// `\r\n` is one character of Swift, and no reader may take a file of such lines for one line.
    @Test func linesThatEndWithACarriageReturn() throws {
        #expect(try Samples.judge("os: {}", output: "NAME=x\r\nID=debian\r\nVERSION_ID=\"12\"\r\n").holds)
        #expect(HostFacts("id debian\r\nversion 12\r\n").isSystem(Samples.debian.release))
        let user = "lavender:x:1000:1000:L:/home/l:/bin/bash\r\nlavender sudo\n"
        #expect(try Samples.judge("user: lavender\nuid: 1000\ngroups: { contains: sudo }", output: user).holds)
        #expect(
            try judge("ok", "ok\r\n").message == #"stdout: expected "ok", observed "ok\r""#)
        let beginning = HostValue.beginning("a\r\nfoo\r\nba", 10)
        #expect(Matcher.matches("foo$").verdict(on: beginning, order: .debian) == .holds)
        #expect(Matcher.matches("ba").verdict(on: beginning, order: .debian).isUnclear)
    }

    @Test func columnsWithMarksBehindTheirSeparators() throws {
        let mounts = "28 1 253:0 / /a rw - ext4 \u{301}dev rw\n"
        #expect(try Samples.judge("mount: /a\nfilesystem: ext4", output: mounts).holds)
        let group = "x:\u{301}:27:\n"
        #expect(try Samples.judge("group: x\ngid: 27", output: group).holds)
        #expect(try !Samples.judge("group: \"e\u{301}\"", output: "\u{e9}:x:27:\n").holds)
    }

    /// Signs with the mark that makes a picture of them say what they say without it.
    @Test(arguments: [
        "✖\u{fe0f} broken", "1\u{fe0f}\u{20e3} failed", "not ok\u{fe0f} 2 - x", "\u{200b}✗ broken", "FAILED\u{301}",
    ])
    func failuresWithMarks(_ line: String) { #expect(VerdictWords.saysFailure(line[...])) }

    @Test(arguments: [
        ("{ json: { n: 6 } }", #"{"n": 5, "n": 6}"#), ("{ json: { n: 5 } }", #"{"n": 5, "n": 6}"#),
        ("{ json: { n: { not: 7 } } }", #"{"n": 5, "n": 6}"#), ("{ json: { n: { contains: 6 } } }", #"{"n": 5, "n": 6}"#),
        ("{ json: { n: { matches: 6 } } }", #"{"n": 5, "n": 6}"#), ("{ json: { n: { len: 1 } } }", #"{"n": "5", "n": "6"}"#),
        ("{ json: { n: { version: '>=1' } } }", #"{"n": 5, "n": 6}"#), ("{ json: { n: { one_of: [5, 6] } } }", #"{"n": 5, "n": 6}"#),
        ("{ json: { a.b: 1 } }", #"{"a": {"b": 1}, "a": {"c": 2}}"#), ("{ json: { a: [5, 6] } }", #"{"a": [5], "a": [6]}"#),
        ("{ json: { a: { equals: { n: 6 } } } }", #"{"a": {"n": 5, "n": 6}}"#), ("{ yaml: { n: 6 } }", "n: 5\nn: 6"),
        ("{ yaml: { n: 6 } }", "n: 5\n\"n\": 6"), ("{ yaml: { a.b: 1 } }", "a: {b: 1}\na: {b: 2}"),
        ("{ yaml: { n: { not: 5 } } }", "n: 5\nn: 6\nn: 5"),
    ])
    func aKeyThatIsWrittenTwiceIsNoVerdict(_ matcher: String, _ output: String) throws {
        let error = try #require(throws: Unanswered.self) { try judge(matcher, output).settled() }
        #expect(error.why.contains("is written more than once"), "\(error.why)")
    }

    @Test func bothValuesOfAKeyAreSaid() throws {
        for (matcher, output) in [("{ json: { n: 6 } }", #"{"n": 5, "n": 6}"#), ("{ yaml: { n: 6 } }", "n: 5\nn: 6")] {
            let error = try #require(throws: Unanswered.self) { try judge(matcher, output).settled() }
            #expect(error.why.contains("it is 5 or 6, and the key \"n\" is written more than once"), "\(error.why)")
        }
        // Equal values leave no doubt, and neither do other keys.
        #expect(try judge("{ json: { n: 5, m: 1 } }", #"{"n": 5, "n": 5, "m": 1}"#).settled().holds)
        #expect(try judge("{ yaml: { m: 1 } }", "n: 5\nm: 1\nn: 6").settled().holds)
        #expect(try !judge("{ yaml: { m: 2, n: 5 } }", "n: 5\nm: 1\nn: 6").settled().holds)
        // A merge key gives way to the map's own.
        #expect(try judge("{ yaml: { b.n: 6 } }", "a: &a {n: 5}\nb: {<<: *a, n: 6}").settled().holds)
    }
}
