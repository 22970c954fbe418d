import IntegrationSupport
import MatrixCore
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// Checks over a real OpenSSH connection.
@Suite(.requires(.sshd, .python, .root)) struct SSHTests {
    @Test func allKindsOverOneConnection() async throws {
        try await SSHHost.with { transport in
            let server = try await LocalServer.echo()
            let program = try await PythonServer.listener()
            let gone = try ClosedPort()
            var steps = try (0..<200).map {
                try Samples.step("command \($0)", "command: 'sleep 0.2; printf \"\($0)\\000\\377\"'\nstdout: { contains: \"\($0)\" }")
            }
            steps += [
                try Samples.step(
                    "answer",
                    "http: http://localhost:\(server.port)/200\njson: { status: pass, headers.host: \"localhost:\(server.port)\" }"),
                try Samples.step("refused", "http: http://localhost:\(gone.number)/"),
                try Samples.step("refused TLS", "http: https://localhost:\(gone.number)/"),
                try Samples.step("unresolved", "http: http://no-such-name.invalid/"),
                try Samples.step("port", "port: \(program.port)\nprocess: { contains: python }"),
            ]
            let results = try await Samples.verify(steps, over: transport)
            #expect(transport.commandCount == 1)
            #expect(results.prefix(201).allSatisfy { $0.outcome == .passed }, "\(results.first { $0.outcome != .passed }?.detail ?? "")")
            for result in results[201...203] {
                #expect(result.outcome == .failed)
                #expect(result.message?.contains("connection refused by ") == true, "\(result.name): \(result.message ?? "")")
            }
            #expect(results[204].outcome == .passed, "\(results[204].detail ?? "")")
            await server.stop()
            try await program.stop()
        }
    }
}
