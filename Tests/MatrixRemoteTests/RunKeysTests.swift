import Foundation
import MatrixCore
import MatrixRemote
import Testing

@Suite struct RunKeysTests {
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

    @Test func saysWhereItCannotWrite() async throws {
        let error = await #expect(throws: InfrastructureError.self) {
            _ = try await RunKeys.make(for: RunID("r"), in: "/dev/null/r", using: LocalTransport())
        }
        #expect(error?.isTransient == false)
        #expect(error?.what == "making the run's folder /dev/null/r")
    }
}
