import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixRemote

@Suite struct KnownHostsTests {
    @Test func knownHostsTakeManyWritersAndNoDuplicates() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/known_hosts"
        _ = await mapConcurrently(Array(0..<200), limit: 50) { number in
            let endpoint = Endpoint(
                address: "a", user: "u", keyFile: "k", knownHostsFile: file, alias: "host-\(number % 40)",
                hostKeys: ["ssh-ed25519 KEY\(number % 40) comment"])
            try? await KnownHosts(path: file).trust(endpoint)
        }
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(lines.sorted() == (0..<40).map { "host-\($0) ssh-ed25519 KEY\($0)" }.sorted())
        #expect(mode(of: file) == 0o600)
    }
}
