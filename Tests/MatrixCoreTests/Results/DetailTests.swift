import MatrixCore
import Testing

/// What a message and a detail say together, they say once.
@Suite struct DetailTests {
    private func result(_ message: String?, _ detail: String?) -> CaseResult {
        CaseResult(
            phase: .create, step: "create", name: "create", outcome: .error, started: .now, seconds: 0, message: message, detail: detail)
    }

    @Test(arguments: [
        ("no", "no", nil), ("no", "no\nsee it", "see it"), ("no", "no; do this\n$ x", "next: do this\n$ x"),
        ("no", "nothing is there", "nothing is there"),
        ("no", "other", "other"), ("no", "", nil),
    ])
    func theMessageIsNotRepeated(message: String, detail: String, rest: String?) {
        #expect(result(message, detail).furtherDetail == rest)
    }

    @Test func aLongIdIsCut() {
        let id = String(repeating: "0123456789abcdef", count: 4)
        let resource = { Resource(platform: "p", kind: "container", name: "a", id: $0, run: RunID("r"), cell: "c") }
        #expect(resource(id).shortID == "0123456789ab" && resource("9001").shortID == "9001")
    }
}
