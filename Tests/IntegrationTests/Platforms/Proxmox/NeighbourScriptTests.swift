import IntegrationSupport
import MatrixTesting
import Testing

@testable import MatrixPlatforms

@Suite(.requires(.helperPrograms)) struct NeighbourScriptTests {
    @Test func theNeighbourScriptIsShell() async throws {
        let (status, output, error) = try await ServerProcess.run(
            ["sh", "-n"], input: Array(NeighbourTable.script(bridge: "vmbr0", wakes: true).utf8))
        #expect(status == 0 && output.isEmpty && error.isEmpty, "\(error)")
    }
}
