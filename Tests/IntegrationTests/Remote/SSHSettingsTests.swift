import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

/// What the `ssh` of this machine says of a host.
@Suite(.requires(.sshd)) struct SSHSettingsTests {
    @Test("a name of an ssh_config has the address, port, user and way that ssh would take")
    func named() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.put(
            "config", "Host worker*\n  HostName %h.example.net\n  Port 42413\n  User pi\n  ProxyJump gate\n  HostKeyAlias farm\n")
        let settings = try await SSHSettings.ask(["-F", file, "--", "worker1"], of: "worker1", by: LocalTransport())
        #expect(settings.address == "worker1.example.net" && settings.port == 42413 && settings.user == "pi")
        #expect(settings.proxy == "ProxyJump=gate" && settings.hostKeyAlias == "farm")
        let written = ["-F", file, "-o", "HostName=127.0.0.1", "-p", "22", "-l", "root", "--", "worker1"]
        let other = try await SSHSettings.ask(written, of: "worker1", by: LocalTransport())
        #expect(other.address == "127.0.0.1" && other.port == 22 && other.user == "root")
    }

    @Test("a mistake in the ssh_config is named with its line")
    func broken() async throws {
        let file = try TemporaryFolder.make() + "/config"
        try "Host a\n  Prot 22\n".write(toFile: file, atomically: true, encoding: .utf8)
        let error = await #expect(throws: InfrastructureError.self) {
            _ = try await SSHSettings.ask(["-F", file, "--", "a"], of: "a", by: LocalTransport())
        }
        #expect(error?.why.contains("line 2") == true && error?.next == "see: ssh -G -F \(file) -- a")
    }
}
