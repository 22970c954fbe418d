import Foundation
import MatrixCore
import MatrixWeb
import Testing

@testable import MatrixPlatforms

@Suite struct LinodeCreationTests {
    @Test func sendsEverythingThatAHostNeeds() async throws {
        let fixture = try LinodeFixture(["firewall": 77, "tags": ["lab"]])
        let resource = try await fixture.make()
        let body = try #require(fixture.api.bodies.first)
        #expect(body["label"] == .string("debian12-linode-\(LinodeFixture.run)"))
        #expect(body["region"] == "us-central" && body["type"] == "g6-standard-2" && body["image"] == "linode/debian12")
        #expect(body["authorized_keys"] == [.string("ssh-ed25519 AAAAkey solti-matrix-run-\(LinodeFixture.run)")])
        #expect(body["firewall_id"] == 77 && body["booted"] == true && body["interfaces"] == nil)
        #expect(body.tags == Set(fixture.ourTags + ["solti-matrix-expires-\(Samples.expires.tag)", "lab"]))
        let request = try #require(fixture.api.state.current.requests.first { $0.method == "POST" })
        #expect(
            request.headers["Authorization"] == "Bearer \(LinodeFixture.token)" && request.headers["Content-Type"] == "application/json")
        #expect(resource.id == "100" && resource.details["region"] == "us-central")
    }

    @Test func rootPasswordIsStrongFreshAndKeptNowhere() async throws {
        let fixture = try LinodeFixture()
        let made = [try await fixture.make(), try await fixture.make(LinodeFixture.cell(LinodeFixture.rocky9))]
        let passwords = fixture.api.bodies.compactMap { $0["root_pass"]?.string }
        #expect(Set(passwords).count == 2)
        for password in passwords {
            #expect((7...128).contains(password.count) && password.count >= 40)
            #expect(
                password.contains(where: \.isUppercase) && password.contains(where: \.isLowercase) && password.contains(where: \.isNumber))
            #expect(password.contains { !$0.isLetter && !$0.isNumber })
            #expect(!made.contains { JSON.text($0).contains(password) })
        }
    }

    @Test func aRefusalThatRepeatsThePasswordDoesNotPrintIt() async throws {
        let fixture = try LinodeFixture()
        fixture.api.script { request, _ in
            guard request.method == "POST",
                let password = Value(json: String(decoding: request.body ?? [], as: UTF8.self))?["root_pass"]?.text
            else { return nil }
            return .reply(ScriptedLinode.refusal("'\(password)' is not strong enough", field: "root_pass"))
        }
        let error = try #require(await #expect(throws: InfrastructureError.self) { try await fixture.make() })
        let password = try #require(fixture.api.bodies.first?["root_pass"]?.string)
        #expect(!error.description.contains(password) && error.why.contains("is not strong enough"))
    }

    @Test func hostKeysTravelInUserDataAndAreTrustedFromTheStart() async throws {
        let fixture = try LinodeFixture()
        let resource = try await fixture.make()
        let text = try #require(fixture.api.bodies.first?["metadata"]?["user_data"]?.string)
        let data = try #require(Data(base64Encoded: text))
        #expect(data.count <= LinodeUserData.limit)
        let config = String(decoding: data, as: UTF8.self)
        let key = try #require(resource.details["host_key"])
        #expect(config.hasPrefix("#cloud-config\n") && config.contains("  ed25519_public: \(key)\n"))
        #expect(config.contains("  ed25519_private: |\n    -----BEGIN OPENSSH PRIVATE KEY-----\n"))
        let endpoint = try await fixture.platform.ready(resource, for: LinodeFixture.cell()) { _ in }
        #expect(endpoint.hostKeys == [key] && endpoint.user == "root" && endpoint.port == 22)
        // The private half is nowhere but on the machine.
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder).isEmpty)
        #expect(!JSON.text(resource).contains("PRIVATE"))
    }

    @Test(arguments: [["user_data": "none"], [:]] as [[String: Value]]) func withoutUserDataTheFirstKeyIsTrusted(
        _ settings: [String: Value]
    ) async throws {
        let fixture = try LinodeFixture(settings)
        if settings.isEmpty { fixture.api.state.with { $0.regions = [ScriptedLinode.region("us-central", capabilities: ["Linodes"])] } }
        let resource = try await fixture.make()
        #expect(fixture.api.bodies.first?["metadata"] == nil)
        #expect(try await fixture.platform.ready(resource, for: LinodeFixture.cell()) { _ in }.hostKeys.isEmpty)
    }

    @Test func linodeInterfacesCarryTheFirewallThemselves() async throws {
        let fixture = try LinodeFixture(["interfaces": "linode", "firewall": 77])
        _ = try await fixture.make()
        let body = try #require(fixture.api.bodies.first)
        #expect(body["firewall_id"] == nil && body["interface_generation"] == "linode")
        #expect(body["interfaces"] == [["public": [:], "default_route": ["ipv4": true, "ipv6": true], "firewall_id": 77]])
    }

    @Test func anAnswerThatWasLostIsAdopted() async throws {
        let fixture = try LinodeFixture()
        fixture.api.script { request, state in request.method == "POST" && state.instances.isEmpty ? .doneAndDropped : nil }
        let resource = try await fixture.make()
        #expect(resource.id == "100" && fixture.api.state.current.instances.count == 1)
        #expect(fixture.api.count("POST /linode/instances") == 1)
        #expect(resource.details["host_key"] != nil && resource.details["price"] != nil)
    }

    @Test(arguments: [
        WebReply(status: 502, headers: ["Content-Type": "text/html"], body: Array("<html><h1>502 Bad Gateway</h1>".utf8)),
        WebReply(status: 408),
        WebReply(status: 504), WebReply(status: 200, headers: ["Content-Type": "application/json"], body: Array(#"{"id": 10"#.utf8)),
        ScriptedLinode.refusal("Linode busy."),
    ]) func workThatWasDoneAndBadlyAnsweredIsAdopted(_ reply: WebReply) async throws {
        let fixture = try LinodeFixture()
        fixture.api.script { request, state in request.method == "POST" && state.instances.isEmpty ? .done(reply) : nil }
        let resource = try await fixture.make()
        #expect(resource.id == "100" && fixture.api.state.current.instances.count == 1)
    }

    @Test func anAnswerThatIsStillOnItsWayIsFoundByTheLabel() async throws {
        let fixture = try LinodeFixture()
        // The first try is carried out only after it was looked for.
        fixture.api.script { request, state in
            if request.method == "POST", state.requests.count(where: { $0.method == "POST" }) == 1 { return .doneAndDropped }
            let looks = state.requests.count { $0.headers["X-Filter"] != nil }
            return request.headers["X-Filter"] != nil && looks <= 2
                ? .reply(WebReply(status: 200, body: Array(#"{"data":[],"page":1,"pages":1,"results":0}"#.utf8))) : nil
        }
        let resource = try await fixture.make()
        #expect(resource.id == "100" && fixture.api.state.current.instances.count == 1)
        #expect(fixture.api.count("POST /linode/instances") >= 2)
    }

    @Test(arguments: [["someone-elses"], ["solti-matrix", "solti-matrix-run-261122-010101-aaaa"]]) func aStrangersNameIsNeverAdopted(
        _ tags: [String]
    ) async throws {
        let fixture = try LinodeFixture()
        let id = fixture.api.add(label: fixture.intent().name, tags: tags)
        let error = try #require(await #expect(throws: InfrastructureError.self) { try await fixture.make() })
        #expect(error.why.contains("without this run's tag") && !error.isTransient)
        #expect(fixture.api.state.current.instances[id] != nil && !fixture.api.calls.contains { $0.hasPrefix("DELETE") })
    }

    @Test func theNextRegionIsUsedIfOneIsFull() async throws {
        let fixture = try LinodeFixture()
        fixture.api.script { request, _ in
            let body = Value(json: String(decoding: request.body ?? [], as: UTF8.self))
            return body?["region"] == "us-central"
                ? .reply(ScriptedLinode.refusal("us-central has no capacity for this plan", field: "region")) : nil
        }
        let resource = try await fixture.make()
        #expect(resource.details["region"] == "us-east" && fixture.api.bodies.map { $0["region"]?.text } == ["us-central", "us-east"])
    }

    @Test func allRegionsFullIsAnErrorThatNamesThem() async throws {
        let fixture = try LinodeFixture()
        fixture.api.script { request, _ in
            request.method == "POST" ? .reply(ScriptedLinode.refusal("no capacity for this plan", field: "region")) : nil
        }
        let error = try #require(await #expect(throws: InfrastructureError.self) { try await fixture.make() })
        #expect(error.type == "matrix.linode.capacity" && error.why.contains("us-central: ") && error.why.contains("us-east: "))
    }

    @Test func aRegionThatIsKnownToBeFullComesLast() async throws {
        let fixture = try LinodeFixture()
        fixture.api.state.with { $0.availability = [["region": "us-central", "plan": "g6-standard-2", "available": false]] }
        #expect(try await fixture.make().details["region"] == "us-east")
    }

    @Test func theAccountsLimitIsFatal() async throws {
        let fixture = try LinodeFixture()
        fixture.api.script { request, _ in
            request.method == "POST" ? .reply(ScriptedLinode.refusal("Account Limit reached. Please open a support ticket.")) : nil
        }
        let error = try #require(await #expect(throws: InfrastructureError.self) { try await fixture.make() })
        #expect(error.type == "matrix.linode.limit" && !error.isTransient && fixture.api.count("POST /linode/instances") == 1)
    }

    @Test func whatComesWithoutItsTagsIsNotUsedAndGoesByItsID() async throws {
        let fixture = try LinodeFixture()
        fixture.api.state.with { $0.keepsTags = false }
        let resource = try await fixture.make()
        let error = try #require(
            await #expect(throws: InfrastructureError.self) {
                try await fixture.platform.ready(resource, for: LinodeFixture.cell()) { _ in }
            })
        #expect(error.type == "matrix.linode.tags" && !error.isTransient)
        try await fixture.platform.destroy(resource)
        #expect(fixture.api.state.current.instances.isEmpty)
    }

    @Test func onlyACreateWithoutAnAnswerMayStillBeUnderWay() async throws {
        let fixture = try LinodeFixture(tries: 1)
        #expect(await fixture.platform.settleTime(of: fixture.intent()) == .milliseconds(30))
        fixture.api.script { request, _ in request.method == "POST" ? .reply(ScriptedLinode.refusal("Account Limit reached.")) : nil }
        await #expect(throws: InfrastructureError.self) { try await fixture.make() }
        #expect(await fixture.platform.settleTime(of: fixture.intent()) == .zero)
        fixture.api.script { request, _ in request.method == "POST" ? .dropped : nil }
        await #expect(throws: InfrastructureError.self) { try await fixture.make() }
        #expect(await fixture.platform.settleTime(of: fixture.intent()) == .milliseconds(30))
    }

    @Test func createsAreSpreadOverTime() async throws {
        var pace = LinodePace()
        pace.creates = 3
        pace.createWindow = .seconds(3600)
        let pacer = CreatePacer(pace)
        for _ in 1...3 { try await pacer.turn() }
        await #expect(throws: DeadlineExceeded.self) { try await withDeadline(.milliseconds(20)) { try await pacer.turn() } }
    }

    @Test(arguments: [
        ("debian12-linode-r", "debian12-linode-r"), ("2-linode", "h2-linode"), ("a--b---c", "a-b-c"),
    ]) func labelsAreWhatLinodeTakes(_ name: String, _ label: String) {
        #expect(LinodeLabel.of(name) == label)
    }
}
