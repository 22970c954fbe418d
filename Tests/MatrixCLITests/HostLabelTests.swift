import Foundation
import MatrixCore
import MatrixLedger
import MatrixTesting
import Testing

@testable import MatrixCLI

/// Hosts go by role, by label or by name.
@Suite struct HostLabelTests {
    @Test(arguments: [
        ("a-web-1", "web-1", "web"), ("a-web-12", "web-12", "web"), ("a-big-web-1", "big-web-1", "big-web"), ("a", "a", nil),
        ("other-web-1", "other-web-1", nil),
    ])
    func aNameHasItsParts(name: String, label: String, role: String?) {
        let parts = HostLabel(of: name, in: "a")
        #expect(parts.label == label && parts.role == role)
    }

    private func cell(_ names: [String]) -> KeptCell {
        let leases = names.enumerated().map { index, name in
            let resource = Resource(
                platform: "p", kind: "container", name: "\(name)-r", id: "\(index)", run: RunID("r"), cell: "a", host: name)
            let endpoint = Endpoint(address: "127.0.0.1", port: index + 1, user: "root", keyFile: "", knownHostsFile: "/k", alias: name)
            return Lease(
                id: LeaseID(Int64(index)), resource: resource, state: .kept, endpoint: endpoint, owner: .current(), isOwnerAlive: false,
                since: .wall)
        }
        return KeptCell(name: "a", run: RunID("r"), leases: leases)
    }

    @Test(arguments: [("web", "a-web-1"), ("web-1", "a-web-1"), ("a-web-1", "a-web-1"), ("db-2", "a-db-2")])
    func aHostIsFound(wanted: String, name: String) async throws {
        let cell = cell(["a-web-1", "a-db-1", "a-db-2"])
        #expect(try await cell.host(wanted).resource.host == name)
    }

    @Test func aRoleOfSeveralHostsNamesThem() async throws {
        let cell = cell(["a-web-1", "a-db-1", "a-db-2"])
        #expect(try await cell.hosts(called: "db").map(\.resource.host) == ["a-db-1", "a-db-2"])
        let error = await #expect(throws: UsageError.self) { try await cell.host("db") }
        #expect(error.map { "\($0)".contains("name one: a:db-1, a:db-2") } == true)
        let unknown = await #expect(throws: UsageError.self) { try await cell.host("cache") }
        #expect(unknown.map { "\($0)".contains("it has db-1, db-2, web-1") } == true)
    }
}
