import MatrixCore
import Testing

@Suite struct ScopeTests {
    private let place = SourceLocation(file: "m.yml", line: 1, column: 1)

    @Test func whatIsAddedWins() {
        let scope = Scope(["a": "1", "b": "2"]).adding(["b": "3"])
        #expect(scope.all == ["a": "1", "b": "3"])
        #expect(scope["c"] == nil)
    }

    @Test func aDocumentIsRenderedThroughoutAndKeepsItsShape() throws {
        let scope = Scope(["port": "8086", "code": "0644"])
        let list = Document(.list([Document(.scalar("${port}", plain: true), at: place), Document(.null, at: place)]), at: place)
        let quoted = Document(.scalar("${code}", plain: false), at: place)
        let document = Document(
            .map([.init(key: "${port}", keyLocation: place, value: list), .init(key: "mode", keyLocation: place, value: quoted)]), at: place
        )
        #expect(try scope.render(document).value == ["${port}": [8086, .null], "mode": "0644"])
    }

    @Test func theErrorNamesTheScalarsOwnPlace() {
        let inner = Document(.scalar("${none}", plain: true), at: SourceLocation(file: "m.yml", line: 9, column: 4))
        let error = #expect(throws: UsageError.self) { try Scope().render(Document(.list([inner]), at: place)) }
        #expect(error?.diagnostics.first?.location?.line == 9)
    }
}
