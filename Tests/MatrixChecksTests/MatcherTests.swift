import MatrixCore
import Testing

@testable import MatrixChecks

@Suite struct MatcherTests {
    private func matcher(_ yaml: String) throws -> Matcher {
        try Matcher(try YAMLDocument.read("value: \(yaml)")["value"] ?? Document(.null, at: .init(file: "", line: 1, column: 1)))
    }

    private func fits(_ yaml: String, _ value: Value, _ order: VersionOrder = .debian) throws -> Bool {
        try matcher(yaml).mismatches(with: value, order: order).isEmpty
    }

    private static let good: [(String, Value)] = [
        ("pass", "pass"), ("9", "9"), ("9", 9), ("1.10", "1.10"), ("true", true), ("true", "true"), ("no", "no"), ("0644", "0644"),
        ("1.0", 1), ("[a, b]", ["a", "b"]), ("[]", []), ("{ equals: { a: 1 } }", ["a": 1]), ("{ contains: ell }", "hello"),
        ("{ contains: [he, lo] }", "hello"), ("{ contains: b }", ["a", "b"]), ("{ contains: { gt: 2 } }", [1, 3]),
        ("{ contains: a }", ["a": 1]),
        ("{ matches: '^b+$' }", "aa\nbb\ncc"), ("{ matches: '\\Aaa' }", "aa\nbb"), ("{ gt: 3, lt: 5 }", 4), ("{ ge: 3 }", "3"),
        ("{ le: 10MiB }", 10_485_760),
        ("{ lt: 90 }", "89.5\n"), ("{ len: 2 }", ["a", "b"]), ("{ len: { gt: 1 } }", "äö"), ("{ one_of: [a, b] }", "b"),
        ("{ one_of: [null] }", Value.null), ("{ not: { gt: 3 } }", "2"), ("{ any: [{ gt: 90 }, n/a] }", "n/a"),
        ("{ not: { json: { a: 1 } } }", "{}"),
        ("{ not: { version: '>=2' } }", "1.9"), ("{ gt: 3 }", "0x10"), ("{ gt: 3 }", " +4 "),
        ("{ not: x }", "y"), ("{ not: { contains: x } }", "y"), ("{ all: [{ contains: a }, { contains: b }] }", "ab"),
        ("{ any: [x, { matches: y }] }", "yy"), ("{ version: '>=1.30' }", "1.31.0-1"), ("{ version: '>=1.30, <2' }", "1.31"),
        ("{ json: { status: pass, data.0.up: { gt: 1 } } }", "{\"status\": \"pass\", \"data\": [{\"up\": 1.5}]}"),
        ("{ json: { 'labels[\"a.b\"]': c } }", "{\"labels\": {\"a.b\": \"c\"}}"), ("\"\"", ""),
    ]

    @Test(arguments: good)
    func fitting(_ yaml: String, _ value: Value) throws {
        #expect(try fits(yaml, value))
    }

    private static let bad: [(String, Value)] = [
        ("pass", "fail"), ("\"9\"", 9), ("9", "9.0"), ("true", "yes"), ("[a, b]", ["b", "a"]), ("{ contains: x }", "hello"),
        ("{ contains: [he, x] }", "hello"), ("{ contains: ell }", ["hello"]), ("{ contains: x }", Value.null),
        ("{ matches: '^b$' }", "abb"), ("{ gt: 3 }", 3),
        ("{ gt: 3 }", "many"), ("{ len: 2 }", 22), ("{ one_of: [a, b] }", "c"), ("{ not: x }", "x"), ("{ all: [a, b] }", "a"),
        ("{ any: [a, b] }", "c"),
        ("{ version: '>=1.30' }", "1.9"), ("{ version: '>=1' }", "two words"), ("{ json: { status: pass } }", "not JSON"),
        ("{ json: { a: 1 } }", "{}"),
        ("{ gt: 3, lt: 5 }", 5),
        // What a matcher cannot be applied to does not hold under not:, either.
        ("{ not: { gt: 3 } }", "many"), ("{ not: { lt: 3 } }", Value.null), ("{ not: { version: '>=2' } }", ""),
        ("{ not: { version: '>=2' } }", "not installed"), ("{ not: { len: 2 } }", 22), ("{ not: { json: { a: 1 } } }", "no JSON"),
        ("{ not: { any: [{ gt: 90 }, error] } }", "n/a"), ("{ not: { all: [{ gt: 90 }, { lt: 99 }] } }", "n/a"), ("{ gt: 3 }", "nan"),
        ("{ not: { gt: 3 } }", "nan"), ("{ gt: 3 }", "inf"), ("{ not: { not: { gt: 3 } } }", "many"),
    ]

    @Test(arguments: bad)
    func notFitting(_ yaml: String, _ value: Value) throws {
        #expect(try !fits(yaml, value))
    }

    @Test func mismatchesExplainThemselves() throws {
        let value = Value.string("{\"status\": \"fail\", \"checks\": {\"db\": {\"up\": 0}}, \"list\": [1, 2]}")
        let mismatches = try matcher("{ json: { status: pass, checks.db.up: { ge: 1 }, checks.cache.up: 1, list.5: 1 } }").mismatches(
            with: value, order: .debian)
        #expect(
            mismatches == [
                Mismatch(path: "status", expected: "\"pass\"", observed: "\"fail\""),
                Mismatch(path: "checks.db.up", expected: "at least 1", observed: "0"),
                Mismatch(path: "checks.cache.up", expected: "1", observed: "no such path; there is in checks: db"),
                Mismatch(path: "list.5", expected: "1", observed: "no such path; there is in list: a list of 2"),
            ])
        #expect(
            try matcher("{ gt: 3, matches: a }").mismatches(with: "x\ty", order: .debian).map(\.observed) == [
                "\"x\\ty\", which is not a number", "\"x\\ty\"",
            ])
        #expect(
            try matcher("{ not: { gt: 3 } }").mismatches(with: "many", order: .debian)
                == [Mismatch(expected: "not more than 3", observed: "\"many\", which is not a number")])
        #expect(try matcher("hello").mismatches(with: "hello\r", order: .debian).map(\.observed) == [#""hello\r""#])
        #expect(try matcher("hello").mismatches(with: "a\0b\u{1b}[0m\\", order: .debian).map(\.observed) == [#""a\0b\x1b[0m\\""#])
        #expect(try matcher("{ any: [a, { not: { contains: b } }] }").words == "\"a\" or not something that contains \"b\"")
    }

    @Test(arguments: [
        ("", "checks.yml:1:1: error: this asserts nothing; write a value, or an operator such as { contains: text }"),
        ("{}", "checks.yml:1:8: error: this asserts nothing; write a value, or an operator such as { contains: text }"),
        ("{ contian: x }", "checks.yml:1:10: error: unknown operator 'contian' in a matcher; did you mean 'contains'?"),
        ("{ contains: [] }", "checks.yml:1:20: error: contains without content asserts nothing; write what is expected"),
        ("{ contains: '' }", "checks.yml:1:20: error: contains without content asserts nothing; write what is expected"),
        ("{ matches: '(' }", "checks.yml:1:19: error: '(' is not a regular expression; write \\ before a literal (, [, {, + or *"),
        (
            "{ gt: many }",
            "checks.yml:1:14: error: 'many' is not a number; write a number or a size such as 10MiB; "
                + "versions are compared by { version: \">=many\" }"
        ),
        ("{ one_of: [] }", "checks.yml:1:18: error: one_of needs a list of values; write it as [ … ] with at least one"),
        ("{ all: x }", "checks.yml:1:15: error: all needs a list of matchers; write it as [ … ] with at least one"),
        ("{ not: {} }", "checks.yml:1:15: error: this asserts nothing; write a value, or an operator such as { contains: text }"),
        ("{ json: {} }", "checks.yml:1:16: error: this asserts nothing; write paths with what must be there, such as { status: pass }"),
    ])
    func problems(_ yaml: String, _ expected: String) throws {
        let document = try YAMLDocument.read("value: \(yaml)")
        let problems = Matcher.problems(in: document.members[0].value).map(\.description)
        #expect(
            problems == [
                yaml.isEmpty
                    ? expected.replacing(
                        "1:1:", with: "\(document.members[0].value.location.line):\(document.members[0].value.location.column):") : expected
            ])
    }

    @Test func unresolvedReferencesAreLeftToTheRun() throws {
        for yaml in ["{ matches: '(${vars.x}' }", "{ gt: '${vars.x}' }", "{ version: '>=${vars.x}' }"] {
            #expect(Matcher.problems(in: try YAMLDocument.read("value: \(yaml)").members[0].value).isEmpty)
        }
    }
}
