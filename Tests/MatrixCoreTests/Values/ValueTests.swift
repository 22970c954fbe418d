import MatrixCore
import Testing

@Suite struct ValueTests {
    private let answer: Value = [
        "status": "pass", "data": [["name": "a"], ["name": "b", "up": true]], "labels": ["app.kubernetes.io/name": "x", "a]b": 1],
        "none": .null,
        "0": "zero",
    ]

    @Test(
        arguments: [
            ("status", "pass"), ("data.0.name", "a"), ("data.1.up", true), ("data[1].name", "b"),
            (#"labels["app.kubernetes.io/name"]"#, "x"),
            ("labels['app.kubernetes.io/name']", "x"), ("none", Value.null), ("0", "zero"), (#"["status"]"#, "pass"),
            (#"labels["a]b"]"#, 1),
        ] as [(String, Value)])
    func findsTheElement(path: String, value: Value) {
        #expect(answer.element(at: path) == value)
    }

    @Test(arguments: ["nothing", "data.2", "data.-1", "data.x", "status.deeper", "none.x", "labels.app.kubernetes.io/name"])
    func findsNothing(path: String) {
        #expect(answer.element(at: path) == nil)
    }

    @Test func theEmptyPathIsTheWhole() {
        #expect(answer.element(at: "") == answer)
    }

    @Test(
        arguments: [
            (Value.null, ""), (true, "true"), (3, "3"), (.double(1.5), "1.5"), ("it's", "it's"), ([1, "a/b", .null], #"[1,"a/b",null]"#),
            (["b": 1, "a": [:]], #"{"a":{},"b":1}"#),
        ] as [(Value, String)])
    func hasText(value: Value, text: String) {
        #expect(value.text == text)
    }

    @Test(arguments: [
        "null", "true", "false", "0", "-7", "9007199254740993", "1.5", #""""#, #""x\ny""#, #"[1,[2,[]],{}]"#, #"{"a":{"b":[null,false]}}"#,
    ])
    func survivesJSON(text: String) {
        #expect(Value(json: text)?.json == text)
    }

    @Test func aNumberIsNoBoolean() {
        #expect(Value(json: "1") == .int(1))
        #expect(Value(json: "0") == .int(0))
        #expect(Value(json: "true") == .bool(true))
        #expect(Value(json: #""1""#) == .string("1"))
    }

    @Test(arguments: ["", "{", "[1", "{'a':1}", "nul", "1 2"])
    func refusesWhatIsNoJSON(text: String) {
        #expect(Value(json: text) == nil)
    }

    @Test func aNumberThatJSONDoesNotKnowIsNoCrash() {
        #expect(Value.list([.double(.infinity)]).json == "{}")
    }

    @Test(arguments: ["[", "{\"a\":"]) func nestingHasALimit(opening: String) {
        let nested = { (depth: Int) in
            let closing = opening == "[" ? "]" : "}"
            return String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
        }
        #expect(Value(json: nested(200)) != nil)
        #expect(Value(json: nested(201)) == nil)
        #expect(Value(json: nested(1_000_000)) == nil)
        #expect(Value(json: String(repeating: opening, count: 1_000_000)) == nil)
    }

    @Test func bracketsInStringsDoNotNest() {
        let text = String(repeating: "[{", count: 1000) + "\\\""
        #expect(Value(json: "\"\(text)\"") != nil)
    }
}
