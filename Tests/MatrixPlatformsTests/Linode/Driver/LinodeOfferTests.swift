import MatrixCore
import MatrixTesting
import MatrixWeb
import Testing

@testable import MatrixPlatforms

@Suite struct LinodeOfferTests {
    private static func size(_ cores: Int? = nil, memory: Int? = nil, disk: Int? = nil, type: String? = nil) -> HostSize {
        HostSize(cores: cores, memory: memory.map { $0 << 30 }, disk: disk.map { $0 << 30 }, type: type)
    }

    @Test(arguments: [
        (size(), "g6-standard-2"), (size(1), "g6-nanode-1"), (size(2), "g6-standard-2"), (size(memory: 8), "g6-standard-4"),
        (size(disk: 26), "g6-standard-1"),
        (size(4, memory: 8, disk: 20), "g6-standard-4"), (size(type: "g6-dedicated-4"), "g6-dedicated-4"),
        (size(type: "g1-gpu-test"), "g1-gpu-test"),
        (size(1, type: "g6-standard-1"), "g6-standard-1"),
    ]) func aSizePicksTheCheapestTypeThatFitsOrNamesOne(_ size: HostSize, _ type: String) async throws {
        let fixture = try LinodeFixture()
        #expect(try await fixture.platform.catalogue.offers(for: size, of: LinodeFixture.debian12).map(\.type.id) == [type, type])
    }

    @Test func withoutTypeAndSizeItIsTheCheapest() async throws {
        let fixture = try LinodeFixture(["type": .null])
        #expect(try await fixture.platform.catalogue.offers(for: HostSize(), of: LinodeFixture.debian12).first?.type.id == "g6-nanode-1")
    }

    @Test(arguments: [size(128), size(type: "g6-nosuch")]) func aSizeThatNoneHasIsAnError(_ size: HostSize) async throws {
        let fixture = try LinodeFixture()
        let error = try #require(
            await #expect(throws: InfrastructureError.self) {
                try await fixture.platform.catalogue.offers(for: size, of: LinodeFixture.debian12)
            })
        #expect(error.type == "matrix.linode.type" && !error.isTransient)
    }

    @Test func aSizeTakesTheCheapestThatTheRegionHasRoomFor() async throws {
        let fixture = try LinodeFixture()
        fixture.api.state.with { $0.availability = [["region": "us-central", "plan": "g6-nanode-1", "available": false]] }
        let offers = try await fixture.platform.catalogue.offers(for: Self.size(1), of: LinodeFixture.debian12)
        #expect(offers.map { "\($0.region) \($0.type.id)" } == ["us-central g6-standard-1", "us-east g6-nanode-1"])
    }

    @Test func aCellCostsWhatItsHostsCostInTheirRegion() async throws {
        var cell = LinodeFixture.cell()
        cell.hosts.append(HostPlan(name: "second", size: Self.size(1)))
        let fixture = try LinodeFixture()
        #expect(try await fixture.platform.price(of: cell) == Price(hourly: 0.0435, monthly: 29, currency: "USD"))
        let jakarta = try LinodeFixture(["region": "id-cgk"])
        let price = try #require(try await jakarta.platform.price(of: cell))
        #expect(abs(price.hourly - 0.052) < 1e-9)
    }

    @Test func whatWasMadeKeepsItsPrice() async throws {
        let fixture = try LinodeFixture()
        let resource = try await fixture.make()
        #expect(fixture.platform.price(of: resource) == Price(hourly: 0.036, monthly: 24, currency: "USD"))
        #expect(fixture.platform.facts(resource)["price"] == "0.036 USD an hour")
    }

    @Test func listsAreAskedForOnce() async throws {
        let fixture = try LinodeFixture()
        for _ in 1...3 { _ = try await fixture.platform.price(of: LinodeFixture.cell()) }
        #expect(fixture.api.count("GET /linode/types") == 1)
    }

    @Test func publicImagesNeedNoScope() async throws {
        let fixture = try LinodeFixture()
        fixture.api.state.with { $0.scopes = "linodes:read_write events:read_only" }
        _ = await fixture.platform.preflight([LinodeFixture.cell()])
        let images = fixture.api.state.current.requests.filter { $0.path == ["images"] }
        #expect(images.count == 1 && images[0].headers["Authorization"] == nil)
    }
}

@Suite struct LinodePreflightTests {
    private func problems(
        _ settings: [String: Value] = [:], cells: [CellPlan] = [LinodeFixture.cell()],
        _ change: @Sendable (inout ScriptedLinode.State) -> Void = { _ in }
    )
        async throws -> [PreflightProblem]
    {
        let fixture = try LinodeFixture(settings)
        fixture.api.state.with(change)
        return await fixture.platform.preflight(cells)
    }

    @Test func nothingIsFoundIfAllIsWell() async throws {
        #expect(try await problems().isEmpty)
    }

    @Test func everythingIsToldAtOnce() async throws {
        let other = OperatingSystem(name: "plan9", family: "bell", packageManager: .apt, release: .init(id: "plan9", version: "4"))
        let gone = OperatingSystem(
            name: "debian7", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "7"),
            linodeImage: "linode/debian7")
        let cells = [
            LinodeFixture.cell(), LinodeFixture.cell(other), LinodeFixture.cell(gone),
            LinodeFixture.cell(LinodeFixture.rocky9, size: HostSize(type: "g6-nosuch")),
        ]
        let found = try await problems(["region": ["us-central", "us-atlantis"], "firewall": 9], cells: cells) { state in
            state.scopes = "linodes:read_only firewall:read_only"
            state.profile = ["username": "intern", "restricted": true]
            state.availability = [
                ["region": "us-central", "plan": "g6-standard-2", "available": false],
                ["region": "us-atlantis", "plan": "g6-standard-2", "available": false],
            ]
            state.images = [ScriptedLinode.image("linode/debian12", deprecated: true), ScriptedLinode.image("linode/rocky9")]
        }
        let messages = found.map(\.message)
        for text in [
            "intern is a restricted user", "lacks the scope linodes:read_write", "lacks the scope events:read_only",
            "lacks the scope account:read_write",
            "there is no region us-atlantis", "no capacity for g6-standard-2 in us-central, us-atlantis", "no type g6-nosuch",
            "the catalogue has no Linode image for plan9",
            "there is no image linode/debian7", "image linode/debian12 is deprecated", "there is no firewall 9",
        ] {
            #expect(messages.contains { $0.contains(text) }, "\(text) in \(messages)")
        }
        #expect(found.filter { $0.severity == .unavailable }.flatMap(\.cells).sorted() == ["debian7-linode", "plan9-linode"])
    }

    @Test(arguments: [
        (ScriptedLinode.Trouble.reply(ScriptedLinode.refusal("Invalid Token", status: 401)), "Invalid Token"),
        (.reply(WebReply(status: 503, headers: ["X-Maintenance-Mode": "1, 2"])), "the service is unavailable"),
        (.dropped, "connection reset by peer"),
    ]) func withoutAnAnswerNothingElseIsAsked(_ trouble: ScriptedLinode.Trouble, _ text: String) async throws {
        let fixture = try LinodeFixture()
        fixture.api.script { _, _ in trouble }
        let found = await fixture.platform.preflight([LinodeFixture.cell()])
        #expect(found.count == 1 && found[0].severity == .error && found[0].message.contains(text))
        #expect(Set(fixture.api.calls) == ["GET /profile"])
    }

    @Test func oneFullRegionIsAWarning() async throws {
        let found = try await problems { $0.availability = [["region": "us-central", "plan": "g6-standard-2", "available": false]] }
        #expect(found.map(\.severity) == [.warning] && found[0].message.contains("the other regions are used"))
    }

    @Test func anOutageCountsByWhatIsLeft() async throws {
        let one = try await problems { $0.regions[0] = ScriptedLinode.region("us-central", status: "outage") }
        #expect(one.map(\.severity) == [.warning])
        let all = try await problems(["region": "us-central"]) { $0.regions[0] = ScriptedLinode.region("us-central", status: "outage") }
        #expect(all.map(\.severity) == [.error])
    }

    @Test func theAccountsOwnBoundsAreAsked() async throws {
        let found = try await problems(["firewall": 9]) { state in
            state.accountAvailability = [
                ["region": "us-central", "available": [], "unavailable": ["Linodes"]],
                ["region": "us-east", "available": ["Linodes"], "unavailable": []],
            ]
            state.settings = ["interfaces_for_new_linodes": "linode_only"]
            state.firewalls[9] = ["id": 9, "status": "enabled", "rules": ["inbound_policy": "ACCEPT"]]
        }
        #expect(
            found.map(\.message) == [
                "this account may not have Linodes in us-central",
                "this account allows only Linode interfaces, for which firewall: needs interfaces: linode",
            ])
    }

    @Test(arguments: [("22", true), ("1-1024", true), ("80, 443", false), ("80,20-30", true), ("", true)]) func aFirewallMustLetSSHIn(
        _ ports: String, _ isIn: Bool
    ) async throws {
        let found = try await problems(["firewall": 9]) { state in
            let rule: Value = ["action": "ACCEPT", "protocol": "TCP", "ports": .string(ports)]
            state.firewalls[9] = ["id": 9, "status": "enabled", "rules": ["inbound_policy": "DROP", "inbound": [rule]]]
        }
        #expect(found.isEmpty == isIn)
    }

    @Test func anImageThatDoesNotFitIsAnError() async throws {
        let found = try await problems(["type": "g6-nanode-1"]) { $0.images = [ScriptedLinode.image("linode/debian12", size: 30_000)] }
        #expect(found.map(\.severity) == [.error] && found[0].message.contains("does not fit"))
    }
}

@Suite struct LinodeSettingsTests {
    @Test func allThatIsWrongIsSaidAtOnce() throws {
        let settings = LinodeFixture.settings(["endpoint": "linode", "region": .null, "token": .null])
        let error = try #require(throws: UsageError.self) { try LinodeSettingsReader.read(settings.options) }
        #expect(error.diagnostics.count == 3)
    }

    @Test func whatOnlyARunKnowsIsNotJudged() {
        #expect(LinodeSettingsReader.examine(LinodeFixture.settings(["endpoint": "${env.LINODE_URL}"]).options).isEmpty)
    }

    @Test func theEndpointIsTheOfficialOneByDefault() throws {
        #expect(
            try LinodeSettingsReader.read(LinodeFixture.settings(["endpoint": .null]).options).endpoint.base == "https://api.linode.com/v4")
    }

    @Test func aTokenWithoutValueIsAUsageError() throws {
        let context = PlatformContext(state: "/nowhere", access: nil, runner: ScriptedTransport(), redactor: Redactor())
        #expect(throws: UsageError.self) { try LinodeDriver.make(settings: LinodeFixture.settings(), in: context) }
    }
}
