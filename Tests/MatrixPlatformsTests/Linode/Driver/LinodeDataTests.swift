import MatrixCore
import MatrixTesting
import MatrixWeb
import Testing

@testable import MatrixPlatforms

/// What the API says is data: what cannot be read is an error, never "gone".
@Suite struct LinodeDataTests {
    /// An answer whose instance has another id, alone or in a list.
    private static func answer(_ id: String, to request: WebRequest) -> ScriptedLinode.Trouble? {
        guard request.method == "GET", request.path.prefix(2) == ["linode", "instances"] else { return nil }
        let instance = #"{"id": \#(id), "label": "x", "status": "running", "tags": ["solti-matrix-run-\#(LinodeFixture.run)"], "ipv4": []}"#
        let body = request.path.count == 2 ? #"{"data": [\#(instance)], "page": 1, "pages": 1, "results": 1}"# : instance
        return .reply(WebReply(status: 200, body: Array(body.utf8)))
    }

    @Test(arguments: [#""../../account/users""#, "1e300", "null", "-5", "{}", "999"])
    func anInstanceThatCannotBeReadIsNotGone(_ id: String) async throws {
        let fixture = try LinodeFixture(tries: 2)
        let resource = try await fixture.make()
        fixture.api.script { request, _ in Self.answer(id, to: request) }
        await #expect(throws: InfrastructureError.self, "it is not confirmed as gone") { try await fixture.platform.destroy(resource) }
        guard id != "999" else { return }
        await #expect(throws: InfrastructureError.self) { try await fixture.platform.remaining(of: LinodeFixture.run) }
        await #expect(throws: InfrastructureError.self) { try await fixture.platform.owned() }
    }

    @Test(arguments: ["10.88.77.1\n  ProxyCommand touch /tmp/x", "-oProxyCommand=touch /tmp/x", "example.net"])
    func anAddressThatIsNoneIsNotTaken(_ address: String) async throws {
        let fixture = try LinodeFixture()
        _ = fixture.api.add(label: "x", tags: fixture.ourTags, addresses: [address, "192.0.2.8"])
        let instance = try #require(try await fixture.platform.client.instances().first)
        #expect(instance.addresses == ["192.0.2.8"] && instance.publicAddress == "192.0.2.8")
        #expect(instance.unreadableAddresses == [address])
    }

    @Test(arguments: ["$(id)", "x;y", "A B", ""]) func aTagThatNamesNoRunIsNobodys(_ run: String) async throws {
        let fixture = try LinodeFixture()
        _ = fixture.api.add(label: "x", tags: ["solti-matrix", "solti-matrix-run-\(run)"])
        #expect(try await fixture.platform.owned().isEmpty)
    }

    /// A gateway before the API may not know every call.
    @Test(arguments: [404, 405, 501], [["account", "availability"], ["account", "settings"], ["regions", "availability"]])
    func aCallThatOnlyTellsMoreIsOptional(_ status: Int, _ path: [String]) async throws {
        let fixture = try LinodeFixture(["firewall": 7])
        fixture.api.state.with { $0.firewalls[7] = ["status": "enabled"] }
        fixture.api.script { request, _ in request.path == path ? .reply(WebReply(status: status)) : nil }
        let problems = await fixture.platform.preflight([LinodeFixture.cell()])
        #expect(problems.filter { $0.severity != .warning }.map(\.message) == [])
    }
}
