import MatrixCore
import Testing

@Suite struct TemplateTests {
    private let values = [
        "os": "debian12", "empty": "", "looks": "${os}", "escape": "$${os}", "cash": "a$", "brace": "{os}", "dollars": "$$", "open": "${",
        "unicode": "ü\u{301}",
    ]

    private func render(_ text: String) throws -> String { try Template.rendered(text) { values[$0] } }
    private func partly(_ text: String) -> String { Template.partlyRendered(text) { values[$0] } }

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
        #expect(try render(partly("<${\(name)}>")) == "<\(value)>")
    }

    /// Every pair of values with every kind of neighbour, once rendered in one pass and once in two.
    @Test func twoPassesGiveWhatOneGives() throws {
        let pieces = values.keys.sorted().map { "${\($0)}" } + ["${late}", "$${os}", "{os}", "x", "$5", "${late:-y}", "${none:-$}"]
        let all = values.merging(["late": "now${os}"]) { $1 }
        for first in pieces {
            for second in pieces {
                for third in ["", "${late}", "{os}"] {
                    // Two pieces may read as something else together; then that is what both ways must give.
                    let text = first + second + third
                    let once = try Template.rendered(text) { all[$0] }
                    #expect(try Template.rendered(partly(text)) { all[$0] } == once, "\(text)")
                    #expect(try Template.rendered(partly(partly(text))) { all[$0] } == once, "\(text)")
                }
            }
        }
    }

    @Test func thePartlyRenderedKeepsWhatItDoesNotKnow() {
        #expect(partly("${os} ${host.name} ${none:-x} $${os}") == "debian12 ${host.name} ${none:-x} $${os}")
        let defaulted = Template.partlyRendered("${env.X:-x} ${host.name:-y}", useDefaults: { $0.hasPrefix("env.") }, lookup: { _ in nil })
        #expect(defaulted == "x ${host.name:-y}")
        #expect(partly("open ${os") == "open ${os")
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
        #expect(Template.references(in: partly("${cash}${late}")).map(\.name) == ["late"])
    }
}
