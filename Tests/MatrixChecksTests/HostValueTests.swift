import MatrixCore
import Testing

@testable import MatrixChecks

/// JSON and YAML of hosts are read without loss, or it is said what is unclear.
@Suite struct HostValueTests {
    private func judge(_ matcher: String, _ output: String) throws -> Judgement {
        try Samples.judge("command: x\nstdout: \(matcher)", output: output)
    }

    private func holds(_ matcher: String, _ output: String) throws -> Bool { try judge(matcher, output).settled().holds }

    /// The six commands of a public report, and neighbours.
    @Test(arguments: [
        ("{ json: { n: 9007199254740992 } }", #"{"n": 9007199254740993}"#, false),
        ("{ json: { n: 18446744073709551614 } }", #"{"n": 18446744073709551615}"#, false),
        ("{ json: { t: { ge: 1732790400123456790 } } }", #"{"t": 1732790400123456789}"#, false),
        ("{ gt: 1732790400123456789 }", "1732790400123456790", true), ("{ yaml: { n: 9007199254740992 } }", "n: 9007199254740993", false),
        ("{ json: { n: 12345678901234567890124 } }", #"{"n": 12345678901234567890123}"#, false),
        ("{ json: { n: 12345678901234567890123 } }", #"{"n": 12345678901234567890123}"#, true),
        ("{ json: { n: 0.1 } }", #"{"n": 0.10000000000000000001}"#, false), ("{ json: { n: 0.1 } }", #"{"n": 0.10}"#, true),
        ("{ json: { n: 100 } }", #"{"n": 1e2}"#, true), ("{ json: { n: { lt: 1e-300 } } }", #"{"n": 1e-301}"#, true),
        ("{ json: { n: [1, 18446744073709551615] } }", #"{"n": [1, 18446744073709551614]}"#, false),
        ("{ json: { n: { one_of: [9007199254740992] } } }", #"{"n": 9007199254740993}"#, false),
        ("{ lt: 0.3 }", "0.30000000000000000001", false), ("{ le: 1GiB }", "1073741825", false),
    ])
    func numbersKeepTheirDigits(_ matcher: String, _ output: String, _ holds: Bool) throws {
        #expect(try self.holds(matcher, output) == holds)
    }

    /// Types of documents count; what a program prints has none.
    @Test(arguments: [
        ("{ json: { up: 1 } }", #"{"up": "1"}"#, false), ("{ json: { up: '1' } }", #"{"up": 1}"#, false),
        ("{ json: { up: '1' } }", #"{"up": "1"}"#, true), ("{ json: { up: 1 } }", #"{"up": 1}"#, true),
        ("{ json: { up: true } }", #"{"up": "true"}"#, false), ("{ json: { up: 'true' } }", #"{"up": true}"#, false),
        ("{ json: { up: [1, a] } }", #"{"up": ["1", "a"]}"#, false), ("{ json: { up: { one_of: [1, 2] } } }", #"{"up": "2"}"#, false),
        ("{ json: { up: { contains: 1 } } }", #"{"up": ["1"]}"#, false), ("{ json: { up: { not: 1 } } }", #"{"up": "1"}"#, true),
        ("{ json: { up: { equals: { a: 1 } } } }", #"{"up": {"a": "1"}}"#, false), ("{ yaml: { up: 1 } }", "up: '1'", false),
        ("{ yaml: { up: '1' } }", "up: 1", false), ("{ yaml: { up: true } }", "up: 'true'", false), ("1", "1", true),
        ("true", "true", true),
        // A version in the matrix file needs no quotes, and an API may send a number as text.
        ("{ json: { v: 1.10 } }", #"{"v": "1.10"}"#, true), ("{ json: { v: 3.0 } }", #"{"v": 3}"#, true),
        ("{ json: { v: { gt: 1 } } }", #"{"v": "1.5"}"#, true),
    ])
    func typesAreCompared(_ matcher: String, _ output: String, _ holds: Bool) throws {
        #expect(try self.holds(matcher, output) == holds)
    }

    @Test func aWrongTypeIsSaid() throws {
        #expect(
            try judge("{ json: { up: 1 } }", #"{"up": "1"}"#).message
                == "stdout up: expected 1, observed \"1\", which is a text: write it in quotes")
        #expect(
            try judge("{ json: { up: '1' } }", #"{"up": 1}"#).message
                == "stdout up: expected \"1\", observed 1, which is a number: write it without quotes")
    }

    /// What the two versions of YAML read alike.
    @Test(arguments: [
        ("{ yaml: { a: 5 } }", "a: !!int \"5\"", true), ("{ yaml: { a: '5' } }", "a: !!str 5", true),
        ("{ yaml: { a: 5 } }", "a: !!str 5", false),
        ("{ yaml: { a: 31 } }", "a: 0x1F", true), ("{ yaml: { a: 150 } }", "a: 1.5e+2", true),
        ("{ yaml: { a: { one_of: [null] } } }", "a: ~", true),
        ("{ yaml: { a: 1.1 } }", "a: 1.10", true), ("{ yaml: { a: '1.10' } }", "a: 1.10", true),
        ("{ yaml: { a: '1.1' } }", "a: 1.10", false),
        ("{ yaml: { a: secret } }", "a: !vault secret", true), ("{ yaml: { a: 2026-11-29 } }", "a: 2026-11-29", true),
        ("{ yaml: { web.port: 80, web.tls: true, web.name: b } }", "base: &b {port: 80, tls: true, name: a}\nweb: {<<: *b, name: b}", true),
        ("{ yaml: { c: { equals: { x: 1, y: 2 } } } }", "a: &a {x: 1}\nb: &b {x: 9, y: 2}\nc: {<<: [*a, *b]}", true),
        ("{ yaml: { '<<': x } }", "'<<': x", true), ("{ yaml: { a: 'yes' } }", "a: 'yes'", true),
        ("{ yaml: { a: b } }", "\u{feff}a: b", true),
    ])
    func yamlIsReadAsItsProgramReadsIt(_ matcher: String, _ output: String, _ holds: Bool) throws {
        #expect(try self.holds(matcher, output) == holds)
    }

    /// A scalar on which YAML 1.1 and 1.2 disagree matches as the text that it is; anything else is an error that names both readings.
    @Test(arguments: [
        ("yes", "true", "the text yes", "true"), ("off", "false", "the text off", "false"),
        ("0777", "511", "the number 777", "the number 511"),
        ("1:30", "90", "the text 1:30", "the number 90"), ("0o17", "15", "the number 15", "the text 0o17"),
        ("1_000", "1000", "the text 1_000", "the number 1000"), ("0b11", "3", "the text 0b11", "the number 3"),
        ("12e5", "1200000", "the number 1200000", "the text 12e5"), ("1.5e3", "1500", "the number 1500", "the text 1.5e3"),
        ("089", "89", "the number 89", "the text 089"), ("-0x10", "-16", "the text -0x10", "the number -16"),
        ("190:20:30", "685230", "the text 190:20:30", "the number 685230"),
    ])
    func anUnclearScalarIsNoVerdict(_ scalar: String, _ value: String, _ new: String, _ old: String) throws {
        #expect(try holds("{ yaml: { a: \(scalar) } }", "a: \(scalar)"))
        #expect(try holds("{ yaml: { a: '\(scalar)' } }", "a: \(scalar)"))
        #expect(try holds("{ yaml: { a: { one_of: [\(value), '\(scalar)'] } } }", "a: \(scalar)"))
        #expect(try holds("{ yaml: { a: { matches: '^\(scalar)$' } } }", "a: \(scalar)"))
        for matcher in [value, "{ not: \(value) }", "{ gt: 1 }", "{ one_of: [\(value), x] }"] {
            let judgement = try judge("{ yaml: { a: \(matcher) } }", "a: \(scalar)")
            let error = try #require(throws: Unanswered.self) { try judgement.settled() }
            #expect(error.why.hasSuffix("YAML 1.2 reads it as \(new), and YAML 1.1, as Ansible does, as \(old)"), "\(error.why)")
            #expect(error.why.contains("it is \(scalar), and"), "\(error.why)")
        }
        // Inside of lists, too.
        #expect(throws: Unanswered.self) { try judge("{ yaml: { a: [1, \(value)] } }", "a: [1, \(scalar)]").settled() }
    }

    @Test(arguments: [
        ("{ yaml: { a: { gt: 1 } } }", "a: .inf"), ("{ yaml: { a: true } }", "a: !!bool 5"), ("{ yaml: { a: true } }", "a: !!bool yes"),
        ("{ json: { a: 1 } }", #"{"a": 1, "a": 2}"#), ("{ json: { a: { gt: 1 } } }", #"{"a": 1e99999999999}"#),
    ])
    func whatCannotBeComparedExactlySaysSo(_ matcher: String, _ output: String) throws {
        #expect(throws: Unanswered.self) { try judge(matcher, output).settled() }
    }

    /// A verdict that is known stays one.
    @Test func anotherWrongValueIsAVerdict() throws {
        #expect(try !holds("{ yaml: { a: true, b: 2 } }", "a: yes\nb: 1"))
        #expect(try !judge("{ yaml: { a: true }, contains: x }", "a: yes").settled().holds)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":}", "01", "+1", ".5", "1.", "1e", "-", "nul", "\"a", "\"\\x\"", "\"\\ud800\"", "\"a\nb\"",
        "{} {}", "{a: 1}", "NaN", "['a']", "\u{feff}",
    ])
    func whatIsNotJSONIsNone(_ text: String) { #expect(HostJSONReader.value(of: text) == nil) }

    @Test func jsonIsReadAsItIs() throws {
        let text = "\u{feff} {\"a\": [1, -2.50, 1E+2, true, null], \"\\u00e4\\ud83d\\ude00\\n\\/\": {}, \"b\": \"\\\"\\\\\"} \r\n"
        let value = try #require(HostJSONReader.value(of: text))
        #expect(value.json == #"{"a":[1,-2.50,1E+2,true,null],"b":"\"\\","ä😀\n/":{}}"#)
        #expect(value.element(at: "a.1")?.text == "-2.50")
        #expect(HostJSONReader.value(of: String(repeating: "[", count: 100_000)) == nil)
        #expect(HostJSONReader.value(of: String(repeating: "[", count: 400) + String(repeating: "]", count: 400)) != nil)
    }
}
