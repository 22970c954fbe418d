import MatrixCore
import Testing

@Suite struct DocumentTests {
    private static let place = SourceLocation(file: "m.yml", line: 1, column: 1)

    private static func plain(_ text: String) -> Document { Document(.scalar(text, plain: true), at: place) }
    private static func quoted(_ text: String) -> Document { Document(.scalar(text, plain: false), at: place) }
    private static func map(_ members: [(String, Document)]) -> Document {
        Document(.map(members.map { .init(key: $0.0, keyLocation: place, value: $0.1) }), at: place)
    }

    @Test(arguments: [
        ("", Value.null), ("~", .null), ("null", .null), ("NULL", .null), ("true", true), ("False", false), ("0", 0), ("-7", -7),
        ("42", 42),
        ("0.5", .double(0.5)), ("-1.25", .double(-1.25)),
    ])
    func resolvesByTheCoreSchema(text: String, value: Value) {
        #expect(Self.plain(text).value == value)
    }

    /// Words of YAML 1.1, versions, modes, hashes and dates.
    @Test(arguments: [
        "no", "yes", "on", "off", "y", "nULL", "1.10", "3.0", "1.2.3", "0644", "007", "00", "12e5", "1e3", "0x1F", "0o17", "1_000", "+5",
        ".5", "5.", "-0",
        ".inf", "-.inf", ".nan", "+inf", "nan", "infinity", "-", "+", ".", "2026-11-23", "12:30", "12345678901234567890",
        "0.1000000000000000055", "½", "٣",
    ])
    func keepsAsText(text: String) {
        #expect(Self.plain(text).value == .string(text))
    }

    @Test(arguments: ["", "~", "null", "true", "42", "1.5", "0644"])
    func aQuotedScalarIsAlwaysText(text: String) {
        #expect(Self.quoted(text).value == .string(text))
    }

    @Test func typedReadingGoesByTheText() {
        #expect(Self.plain("1.10").text == "1.10")
        #expect(Self.plain("1.10").double == 1.1)
        #expect(Self.quoted("8").int == 8)
        #expect(Self.plain("8.5").int == nil)
        #expect(Self.plain("TRUE").bool == true)
        #expect(Self.plain("no").bool == nil)
        #expect(Self.plain("90s").duration == .seconds(90))
        #expect(Self.plain("1K").bytes == 1024)
        #expect(Document(.list([]), at: Self.place).text == nil)
    }

    @Test func theLastOfEqualKeysCountsAndNullIsAbsent() {
        let document = Self.map([("a", Self.plain("1")), ("a", Self.plain("2")), ("b", Document(.null, at: Self.place))])
        #expect(document["a"]?.text == "2")
        #expect(document["b"] == nil)
        #expect(document.has("b"))
        #expect(!document.has("c"))
        #expect(document.value == ["a": 2, "b": .null])
    }

    @Test func oneIsAListOfOne() {
        #expect(Self.plain("a").oneOrMore.count == 1)
        #expect(Document(.null, at: Self.place).oneOrMore.isEmpty)
        #expect(Document(.list([Self.plain("a"), Self.quoted("b"), Document(.null, at: Self.place)]), at: Self.place).texts == ["a", "b"])
    }

    @Test func aDiagnosticReadsAsCompilersPrintIt() {
        let diagnostic = Diagnostic(
            at: SourceLocation(file: "m.yml", line: 3, column: 7), "unknown key 'hots'", hint: "did you mean 'hosts'?")
        #expect(diagnostic.description == "m.yml:3:7: error: unknown key 'hots'; did you mean 'hosts'?")
        #expect(Diagnostic(.warning, at: nil, "odd").description == "warning: odd")
        #expect(UsageError([diagnostic, Diagnostic(at: nil, "x")]).description == "\(diagnostic)\nerror: x")
    }
}
