import MatrixCore
import Testing

@testable import MatrixDeployers

@Suite struct ScopeTests {
    @Test func aValueIsRenderedThroughout() throws {
        let scope = Scope(["x": "y"])
        #expect(try scope.render(["a": ["${x}", 1, .null], "b": "$${x}"] as Value) == ["a": ["y", 1, .null], "b": "${x}"])
    }
}
