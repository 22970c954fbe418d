import Foundation
import MatrixCore
import MatrixRemote
import Testing

@Suite struct HostKeysTests {
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
}
