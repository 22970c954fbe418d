import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixRemoteTests

/// Keys that the real `ssh-keygen` makes, of hosts and of runs.
@Suite(.requires(.ssh)) struct KeyPairTests {
    @Test func makesAPairAndLeavesNoFile() async throws {
        let folder = try TemporaryFolder()
        let keys = try await HostKeys.make(for: "debian12-linode-r", in: folder.path, using: LocalTransport())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        #expect(keys.privateKey.hasPrefix("-----BEGIN OPENSSH PRIVATE KEY-----\n"))
        let file = folder.path + "/key"
        try keys.privateKey.write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        let result = try await LocalTransport().run(Command(["ssh-keygen", "-y", "-f", file]))
        #expect(result.output.hasPrefix(keys.publicKey) && keys.publicKey.split(separator: " ").count == 2)
        let other = try await HostKeys.make(for: "debian12-linode-r", in: folder.path, using: LocalTransport())
        #expect(other != keys)
    }

    @Test func makesAPairOnce() async throws {
        let folder = try TemporaryFolder()
        let access = try await RunKeys.make(for: RunID("261123-050122-k3f9"), in: folder.path + "/runs/r", using: LocalTransport())
        #expect(access.publicKey.hasPrefix("ssh-ed25519 "))
        #expect(access.publicKey.hasSuffix(" solti-matrix-run-261123-050122-k3f9"))
        #expect(mode(of: access.keyFile) == 0o600)
        #expect(mode(of: access.directory) == 0o700)
        let again = try await RunKeys.make(for: RunID("261123-050122-k3f9"), in: folder.path + "/runs/r", using: LocalTransport())
        #expect(again == access)
    }
}
