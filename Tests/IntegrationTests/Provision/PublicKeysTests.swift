import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixProvision

/// Keys that ssh-keygen made.
@Suite(.requires(.ssh)) struct PublicKeysTests {
    @Test func keyFilesAreReadAndPrivateKeysRefused() async throws {
        let folder = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let access = try await RunKeys.make(for: RunID("r1"), in: folder, using: LocalTransport())
        let own = "\(access.publicKey)"
        try "# mine\n\n\(own)\nssh-rsa BBBB other\n".write(toFile: "\(folder)/more", atomically: true, encoding: .utf8)
        let endpoint = Endpoint(address: "a", user: "root", keyFile: access.keyFile, knownHostsFile: "k", alias: "a")
        #expect(try await PublicKeys.all(for: endpoint, ProvisionPlan(keyFiles: ["\(folder)/more"])) == [own, "ssh-rsa BBBB other"])
        try FileManager.default.removeItem(atPath: "\(access.keyFile).pub")
        #expect(try await PublicKeys.all(for: endpoint, ProvisionPlan()).first.map(PublicKeys.identity) == PublicKeys.identity(of: own))
        for file in [access.keyFile, "\(folder)/none"] {
            let error = await #expect(throws: InfrastructureError.self) {
                try await PublicKeys.all(for: endpoint, ProvisionPlan(keyFiles: [file]))
            }
            #expect(error?.isTransient == false)
        }
    }
}
