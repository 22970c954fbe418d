import MatrixCore
import Testing

@Suite struct TemplateTests {
    private let values = [
        "os": "debian12", "empty": "", "looks": "${os}", "escape": "$${os}", "cash": "a$", "brace": "{os}", "dollars": "$$", "open": "${",
        "unicode": "ü\u{301}",
    ]

    private func render(_ text: String) throws -> String { try Template.rendered(text) { values[$0] } }

    @Test(arguments: [
        ("plain", "plain"), ("${os}", "debian12"), ("a${os}b${os}c", "adebian12bdebian12c"), ("${empty}", ""), ("${none:-x}", "x"),
        ("${none:-}", ""),
        ("${empty:-x}", ""), ("${none:-a:-b}", "a:-b"), ("$${os}", "${os}"), ("$$${os}", "$${os}"), ("$", "$"), ("$$", "$$"),
        ("cost $5", "cost $5"),
        ("$(date)", "$(date)"), ("$HOME", "$HOME"), ("{{ os }}", "{{ os }}"), ("${unicode}", "ü\u{301}"), ("}", "}"),
        ("${os}}", "debian12}"),
    ])
    func renders(text: String, expected: String) throws {
        #expect(try render(text) == expected)
    }

    @Test(arguments: ["looks", "escape", "cash", "brace", "dollars", "open"])
    func aValueIsNeverReadAgain(name: String) throws {
        let value = try #require(values[name])
        #expect(try render("<${\(name)}>") == "<\(value)>")
    }

    @Test(arguments: [("${none}", "none"), ("a ${os", ""), ("${}", ""), ("${none:-${os}}", "none:-${os"), ("$${os} ${none}", "none")])
    func whatHasNoValueIsAnError(text: String, name: String) {
        let error = #expect(throws: UnknownReference.self) { try render(text) }
        #expect(error?.name == name)
    }

    @Test func theMessagesSayWhatToDo() {
        let place = SourceLocation(file: "m.yml", line: 2, column: 5)
        let unset = #expect(throws: UsageError.self) { try Scope().render("${vars.x}", at: place) }
        #expect(unset?.description == "m.yml:2:5: error: ${vars.x} has no value here; give it a default: ${vars.x:-…}")
        let open = #expect(throws: UsageError.self) { try Scope().render("${vars.x", at: place) }
        #expect(open?.description == "m.yml:2:5: error: a ${ has no matching } or no name; write $${ for a literal ${")
    }

    @Test func referencesHaveNamesDefaultsAndPositions() {
        let found = Template.references(in: "ü ${a} $${b} ${c:-d} ${e")
        #expect(found.map(\.name) == ["a", "c", ""])
        #expect(found.map(\.fallback) == [nil, "d", nil])
        #expect(found.map(\.offset) == [2, 13, 21])
    }
}
