import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixRemote

@Suite struct SSHCommandLineTests {
    private static let endpoint = Endpoint(address: "192.0.2.7", user: "root", keyFile: "/k", knownHostsFile: "/h", alias: "a")

    @Test func nothingAfterTheHostIsAnOption() {
        let line = SSHCommandLine(endpoint: Self.endpoint, socket: "/s")
        #expect(line.master.suffix(2) == ["--", "192.0.2.7"])
        #expect(line.session(["true"]).suffix(3) == ["--", "192.0.2.7", "true"])
        #expect(line.request("exit").suffix(2) == ["--", "192.0.2.7"])
        let named = SSHCommandLine(endpoint: Self.endpoint, socket: "/s", destination: ["-F", "/c", "pi"])
        #expect(named.session(["true"]).suffix(5) == ["-F", "/c", "--", "pi", "true"])
    }

    @Test func onlyAHostOfTheUsersIsReachedByTheirConfiguration() {
        func lines(_ endpoint: Endpoint) -> [[String]] {
            let line = SSHCommandLine(endpoint: endpoint, socket: "/s")
            return [line.master, line.session(["true"]), line.request("exit")]
        }
        var owned = Self.endpoint
        owned.furtherOptions = []
        #expect(lines(Self.endpoint).allSatisfy { $0.contains(["-F", "none"]) })
        #expect(!lines(owned).contains { $0.contains("-F") })
        #expect(SSHCommandLine(endpoint: Self.endpoint, socket: "/s", configuration: "/c").pasteable([]) == "ssh -F /c a")
        #expect(!SSHCommandLine(endpoint: owned, socket: "/s", configuration: "/c").pasteable([]).contains("-F"))
    }

    @Test func aConnectionToATextThatIsNoAddressIsNotTried() async throws {
        let folder = try TemporaryFolder()
        var endpoint = Self.endpoint
        endpoint.knownHostsFile = "\(folder.path)/known_hosts"
        endpoint.address = "10.88.77.1\n  ProxyCommand touch \(folder.path)/pwned"
        let connector = SSHConnector(controlDirectory: "\(folder.path)/c")
        let error = await #expect(throws: InfrastructureError.self) { try await connector.connect(to: endpoint) { _ in } }
        #expect(error?.type == "matrix.create.host-data")
        #expect(try folder.names.isEmpty, "no ssh_config, no known_hosts, no connection")
    }

    @Test(arguments: ["-oProxyCommand=true", "pi\nx"]) func aDestinationThatIsNoneIsRefused(_ text: String) async throws {
        let folder = try TemporaryFolder()
        let connector = SSHConnector(controlDirectory: folder.path)
        await #expect(throws: UsageError.self) { _ = try await connector.connect(toDestination: text) }
    }
}
