import IntegrationSupport
import MatrixCore
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// Round trips through a service.
@Suite(.requires(.curl, .helperPrograms)) struct QueryTests {
    private func verify(_ yaml: String, _ modifiers: CheckModifiers = CheckModifiers(), transport: ShellTransport = ShellTransport())
        async throws -> CaseResult
    {
        try #require(try await Samples.verify([try Samples.step("query", yaml, modifiers: modifiers)], over: transport).first)
    }

    @Test func whatIsWrittenIsFound() async throws {
        let server = try await LocalServer.store()
        let url = "http://localhost:\(server.port)"
        let write = "write: \"curl -fsS -d 'value {marker}' \(url)/add\""
        #expect(try await verify("query: \(url)/find?{marker}\n\(write)").outcome == .passed)
        #expect(
            try await verify("query: \(url)/find?{marker}\n\(write)\njson: { found: { len: 1 }, found.0: \"value {marker}\" }").outcome
                == .passed)
        let lost = try await verify("query: \(url)/find?{marker}\nwrite: 'true {marker}'\njson: { found: { len: 1 } }")
        #expect(lost.message?.hasPrefix("json found: expected a length: 1") == true, "\(lost.message ?? "")")
        await server.stop()
    }

    @Test func anAnswerThatIsAlwaysTheSameShowsNothing() async throws {
        let server = try await LocalServer.store()
        let result = try await verify("query: http://localhost:\(server.port)/always?{marker}\nwrite: 'true {marker}'")
        #expect(result.outcome == .failed)
        #expect(
            result.message
                == "marker: expected an answer that depends on what was written, observed the same for a marker that was not written")
        await server.stop()
    }

    @Test func writesShareARoundTripAndAreRepeatedIfTheyFail() async throws {
        let server = try await LocalServer.store()
        let url = "http://localhost:\(server.port)"
        let transport = ShellTransport()
        let steps = try (0..<40).map {
            try Samples.step("query \($0)", "query: \(url)/find?{marker}\nwrite: \"curl -fsS -d {marker} \(url)/add\"")
        }
        let results = try await Samples.verify(steps, over: transport)
        #expect(results.allSatisfy { $0.outcome == .passed }, "\(results.first { $0.outcome != .passed }?.detail ?? "")")
        #expect(transport.commandCount == 1)
        let moody = "query: \(url)/find?{marker}\nwrite: \"curl -fsS -d {marker} \(url)/moody\""
        let failed = try await verify(moody)
        #expect(failed.message?.hasPrefix("write: expected exit status 0, observed 22: ") == true, "\(failed.message ?? "")")
        let held = try await verify(moody, CheckModifiers(within: .seconds(30), every: .milliseconds(50)))
        #expect(held.outcome == .passed && held.properties["attempts"] == "2")
        await server.stop()
    }
}
