import MatrixCore
import MatrixWeb
import Testing

@testable import MatrixPlatforms

@Suite struct LinodeLifeTests {
    private func ready(_ fixture: LinodeFixture, _ resource: Resource, told: MutexBox<[String]> = MutexBox([])) async throws -> Endpoint {
        try await fixture.platform.ready(resource, for: LinodeFixture.cell()) { text in told.with { $0.append(text) } }
    }

    @Test func waitsUntilItRunsAndSkipsThePrivateAddress() async throws {
        let fixture = try LinodeFixture(["ssh_port": 2222])
        let resource = try await fixture.make()
        let told = MutexBox<[String]>([])
        let endpoint = try await ready(fixture, resource, told: told)
        #expect(endpoint.address == "192.0.2.100" && endpoint.port == 2222 && endpoint.alias == resource.name)
        #expect(told.current.first?.hasPrefix("\(resource.name) in us-central is provisioning") == true)
    }

    @Test(arguments: [
        ("192.168.128.0", true), ("192.168.255.9", true), ("192.168.127.255", false), ("192.0.2.1", false), ("10.0.0.1", false),
    ])
    func privateAddressesAreThoseOfTheRegionsNetwork(_ address: String, _ isPrivate: Bool) {
        #expect(LinodeInstance.isPrivate(address) == isPrivate)
    }

    @Test func anInstanceThatDoesNotComeUpShowsItsEventsAndItsConsole() async throws {
        let fixture = try LinodeFixture()
        let resource = try await fixture.make()
        fixture.api.state.with { state in
            state.looksUntilRunning = .max
            state.events = [
                ["action": "linode_boot", "status": "started", "percent_complete": 45, "entity": ["id": 100, "type": "linode"]],
                ["action": "linode_create", "status": "finished", "entity": ["id": 100, "type": "linode"]],
            ]
        }
        let shown = try #require(await fixture.platform.evidence(of: resource).first)
        let lines = shown.text.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.contains("linode_boot started, 45 %") }, "\(lines)")
        #expect(lines.last?.contains("/lish/weblish") == true && shown.advice?.contains("/activity") == true)
    }

    @Test func aFailedBootTellsItsCause() async throws {
        let fixture = try LinodeFixture()
        let resource = try await fixture.make()
        fixture.api.state.with { state in
            state.looksUntilRunning = .max
            state.events = [
                [
                    "action": "linode_boot", "status": "failed", "message": "Unable to boot: no host",
                    "entity": ["id": 100, "type": "linode"],
                ],
                ["action": "linode_create", "status": "finished", "entity": ["id": 100, "type": "linode"]],
            ]
        }
        let error = try #require(await #expect(throws: InfrastructureError.self) { try await ready(fixture, resource) })
        #expect(error.type == "matrix.linode.boot" && error.isTransient && error.why == "linode_boot failed: Unable to boot: no host")
    }

    @Test func anothersEventsAreNotItsOwn() async throws {
        let fixture = try LinodeFixture()
        let resource = try await fixture.make()
        fixture.api.state.with { state in
            state.looksUntilRunning = 8
            state.events = [["action": "linode_boot", "status": "failed", "entity": ["id": 4711, "type": "linode"]]]
        }
        #expect(try await ready(fixture, resource).address == "192.0.2.100")
        let filter = fixture.api.state.current.requests.compactMap { $0.headers["X-Filter"] }.last
        #expect(filter == #"{"+order":"desc","+order_by":"created","entity.id":100,"entity.type":"linode"}"#)
    }

    @Test func stuckProvisioningIsGivenUpToBeMadeAnew() async throws {
        let fixture = try LinodeFixture(["boot_patience": "50ms"])
        let resource = try await fixture.make()
        fixture.api.state.with { state in
            state.looksUntilRunning = .max
            state.events = [
                ["action": "linode_create", "status": "started", "percent_complete": 45, "entity": ["id": 100, "type": "linode"]]
            ]
        }
        let error = try #require(await #expect(throws: InfrastructureError.self) { try await ready(fixture, resource) })
        #expect(error.isTransient && error.why.contains("still") && error.type == "matrix.linode.boot")
    }

    @Test func anInstanceThatWasNeverSwitchedOnIsBooted() async throws {
        let fixture = try LinodeFixture()
        let resource = try await fixture.make()
        fixture.api.state.with { $0.instances[100] = $0.instances[100]?.with("status", "offline") }
        #expect(try await ready(fixture, resource).address == "192.0.2.100")
        #expect(fixture.api.count("POST /linode/instances/100/boot") == 1)
    }

    @Test func eventsThatTheTokenMayNotSeeAreNotAskedFor() async throws {
        let fixture = try LinodeFixture()
        fixture.api.state.with { state in
            state.scopes = "linodes:read_write"
            state.looksUntilRunning = 9
        }
        _ = try await ready(fixture, fixture.make())
        #expect(fixture.api.count("GET /account/events") == 0)
    }

    @Test func removalIsConfirmedAndTakesTheTagsAlong() async throws {
        let fixture = try LinodeFixture()
        let resource = try await fixture.make()
        #expect(fixture.api.state.current.tags.count == 3)
        try await fixture.platform.destroy(resource)
        let state = fixture.api.state.current
        #expect(state.instances.isEmpty && state.tags.isEmpty)
        let calls = fixture.api.calls
        let deleted = try #require(calls.firstIndex(of: "DELETE /linode/instances/100"))
        #expect(calls[deleted + 1] == "GET /linode/instances/100")
        try await fixture.platform.destroy(resource)
    }

    @Test func tagsThatAnotherStillCarriesStay() async throws {
        let fixture = try LinodeFixture()
        let first = try await fixture.make()
        let second = try await fixture.make(LinodeFixture.cell(LinodeFixture.rocky9))
        try await fixture.platform.destroy(first)
        #expect(fixture.api.state.current.tags.count == 3 && !fixture.api.calls.contains { $0.hasPrefix("DELETE /tags") })
        try await fixture.platform.destroy(second)
        #expect(fixture.api.state.current.tags.isEmpty)
    }

    @Test func aTokenWithoutTheAccountLeavesTagsAlone() async throws {
        let fixture = try LinodeFixture()
        fixture.api.state.with { $0.scopes = "linodes:read_write events:read_only" }
        try await fixture.platform.destroy(fixture.make())
        #expect(fixture.api.state.current.instances.isEmpty && !fixture.api.calls.contains { $0.contains("/tags/") })
    }

    @Test func refusedTagsAreNoLeakAndNotAskedForAgain() async throws {
        let fixture = try LinodeFixture()
        fixture.api.state.with { $0.scopes = nil }
        fixture.api.script { request, _ in
            request.path.first == "tags"
                ? .reply(ScriptedLinode.refusal("Your OAuth token is not authorized to use this endpoint.", status: 401)) : nil
        }
        for _ in 1...2 { try await fixture.platform.destroy(fixture.make()) }
        #expect(fixture.api.state.current.instances.isEmpty && fixture.api.calls.count { $0.contains("/tags/") } == 1)
    }

    @Test func noTagIsTakenFromAnInstanceThatIsBeingMade() async throws {
        let fixture = try LinodeFixture()
        let tags = LinodeTags(fixture.platform.client)
        let resource = fixture.intent()
        fixture.api.state.with { $0.tags = Set(LinodeInstance.tags(of: resource)) }
        try await tags.whileCreating { await tags.clean(after: resource) }
        #expect(fixture.api.state.current.tags.count == 3)
        await tags.clean(after: resource)
        #expect(fixture.api.state.current.tags.isEmpty)
    }

    @Test(arguments: [
        ScriptedLinode.Trouble.reply(WebReply(status: 503)), .done(WebReply(status: 500)), .reply(ScriptedLinode.refusal("Linode busy.")),
        .dropped, .doneAndDropped,
        .reply(WebReply(status: 200, body: Array("{}".utf8))),
    ]) func deletionIsRepeatedUntilItIsGone(_ trouble: ScriptedLinode.Trouble) async throws {
        let fixture = try LinodeFixture(tries: 6)
        let resource = try await fixture.make()
        fixture.api.script { request, state in
            request.method == "DELETE" && state.requests.count { $0.method == "DELETE" } == 1 ? trouble : nil
        }
        try await fixture.platform.destroy(resource)
        #expect(fixture.api.state.current.instances.isEmpty)
    }

    @Test func a404ToDeleteIsConfirmedByAsking() async throws {
        let fixture = try LinodeFixture()
        let resource = try await fixture.make()
        // Another was quicker: it is gone when the answer comes.
        fixture.api.script { request, _ in request.method == "DELETE" ? .done(ScriptedLinode.notFound) : nil }
        try await fixture.platform.destroy(resource)
        let calls = fixture.api.calls.drop { $0 != "DELETE /linode/instances/100" }.prefix(2)
        #expect(calls == ["DELETE /linode/instances/100", "GET /linode/instances/100"])
    }

    @Test func a404ThatLiesIsAskedAgain() async throws {
        let fixture = try LinodeFixture()
        let resource = try await fixture.make()
        fixture.api.script { request, state in
            request.method == "DELETE" && state.requests.count { $0.method == "DELETE" } == 1 ? .reply(ScriptedLinode.notFound) : nil
        }
        try await fixture.platform.destroy(resource)
        #expect(fixture.api.state.current.instances.isEmpty)
        #expect(fixture.api.calls.count { $0 == "DELETE /linode/instances/100" } == 2)
    }

    @Test func a404ThatLiesForEverIsALeak() async throws {
        let fixture = try LinodeFixture(tries: 3)
        let resource = try await fixture.make()
        fixture.api.script { request, _ in request.method == "DELETE" ? .reply(ScriptedLinode.notFound) : nil }
        let error = try #require(await #expect(throws: InfrastructureError.self) { try await fixture.platform.destroy(resource) })
        #expect(error.why.contains("404") && error.why.hasSuffix("but it still exists") && error.isTransient)
        #expect(fixture.api.state.current.instances.count == 1)
    }

    /// Only the API knows that a machine is gone: a proxy answers 404 for what it does not route.
    @Test(arguments: ["<html><body>not found</body></html>", "", #"{"message":"no route"}"#])
    func a404ThatIsNotFromTheAPIIsNoRemoval(_ body: String) async throws {
        let fixture = try LinodeFixture(tries: 2)
        let resource = try await fixture.make()
        fixture.api.script { request, _ in
            request.path == ["linode", "instances", "100"] ? .reply(WebReply(status: 404, body: Array(body.utf8))) : nil
        }
        let error = try #require(await #expect(throws: InfrastructureError.self) { try await fixture.platform.destroy(resource) })
        #expect(error.why.contains("not from the API"), "\(error.why)")
        #expect(fixture.api.state.current.instances.count == 1)
    }

    @Test func whatStaysIsALeakThatSaysWhy() async throws {
        let fixture = try LinodeFixture(tries: 2)
        let resource = try await fixture.make()
        fixture.api.script { request, _ in request.method == "DELETE" ? .reply(WebReply(status: 500)) : nil }
        let error = try #require(await #expect(throws: InfrastructureError.self) { try await fixture.platform.destroy(resource) })
        #expect(error.what == "removing Linode 100 (\(resource.name))" && error.isTransient)
    }

    @Test func anInstanceThatIsNobodysIsLeftAlone() async throws {
        let fixture = try LinodeFixture()
        let resource = try await fixture.make()
        fixture.api.state.with { $0.instances[100] = $0.instances[100]?.with("tags", []).with("label", "mine-now") }
        let error = try #require(await #expect(throws: InfrastructureError.self) { try await fixture.platform.destroy(resource) })
        #expect(error.type == "matrix.linode.foreign" && !error.isTransient && fixture.api.state.current.instances[100] != nil)
    }

    @Test func anIntentIsRemovedByItsTagOnly() async throws {
        let fixture = try LinodeFixture()
        let stranger = fixture.api.add(label: fixture.intent().name, tags: ["theirs"])
        try await fixture.platform.destroy(fixture.intent())
        #expect(fixture.api.state.current.instances[stranger] != nil)
        fixture.api.state.with { $0.instances[stranger] = $0.instances[stranger]?.with("tags", .list(fixture.ourTags.map { .string($0) })) }
        try await fixture.platform.destroy(fixture.intent())
        #expect(fixture.api.state.current.instances.isEmpty)
    }

    @Test func whatIsFoundByItsTagsIsDescribedForReaping() async throws {
        let fixture = try LinodeFixture()
        let made = try await fixture.make()
        let found = try #require(try await fixture.platform.owned().first)
        #expect(
            found.id == made.id && found.name == made.name && found.run == LinodeFixture.run && found.host == "debian12-linode"
                && found.kind == made.kind)
        #expect(found.expires == made.expires.map { Timestamp(seconds: $0.seconds.rounded(.down)) })
    }

    @Test func powerIsSwitchedAndAwaited() async throws {
        let fixture = try LinodeFixture()
        let resource = try await fixture.make()
        _ = try await ready(fixture, resource)
        try await fixture.platform.power(resource, on: false)
        #expect(fixture.api.state.current.instances[100]?["status"] == "offline")
        try await fixture.platform.power(resource, on: false)
        #expect(fixture.api.count("POST /linode/instances/100/shutdown") == 1)
        try await fixture.platform.power(resource, on: true)
        #expect(fixture.api.state.current.instances[100]?["status"] == "running")
        fixture.api.state.with { $0.instances[100] = $0.instances[100]?.with("tags", ["solti-matrix-run-other"]) }
        await #expect(throws: InfrastructureError.self) { try await fixture.platform.power(resource, on: false) }
    }
}
