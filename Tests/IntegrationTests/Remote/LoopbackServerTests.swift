import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

/// The sshd that tests with SSH use.
@Suite(.requires(.sshd)) struct LoopbackServerTests {
    @Test func aPortThatIsTakenIsNoticedAndNothingIsLeft() throws {
        let server = try RealSSHServer()
        defer { server.stop() }
        let folder = "taken-\(UInt32.random(in: 0...UInt32.max))"
        let error = #expect(throws: InfrastructureError.self) { try RealSSHServer(port: server.port, folder: folder).stop() }
        #expect(error?.why == "another process listens on 127.0.0.1, port \(server.port)")
        #expect(
            try !FileManager.default.contentsOfDirectory(atPath: FileManager.default.temporaryDirectory.path).contains {
                $0.hasPrefix(folder)
            })
    }

    @Test func anotherAddressOfLoopbackHasItsOwnPorts() async throws {
        let server = try RealSSHServer()
        defer { server.stop() }
        // A blank in its folder reaches sshd and ssh in quotes.
        let other = try RealSSHServer(address: "127.0.41.1", port: server.port, folder: "solti sshd")
        defer { other.stop() }
        let folder = try TemporaryFolder()
        let transport = try await SSHConnector(controlDirectory: folder.path).connect(to: other.endpoint()) { _ in }
        #expect(try await transport.run(Command(["sh", "-c", "echo $SSH_CONNECTION"])).output.contains(" 127.0.41.1 \(server.port)"))
        await transport.close()
    }
}
