import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// The driver against the fake Linode, fault by fault; nothing is left after any, and no request breaks the description.
struct FakeLinodeFaultTests {
    /// A platform on a fake, with a pace of milliseconds.
    struct Bench: Sendable {
        let fake: FakeLinode
        let platform: any Platform

        init(_ settings: FakeLinodeSettings = .quick, regions: Value = ["us-central", "us-east"], patience: Duration = .seconds(60)) throws
        {
            fake = FakeLinode(settings)
            let options: Value = [
                "driver": "linode", "endpoint": .string(FakeLinodeTransport.endpoint), "token": ["env": "X"], "region": regions,
                "type": "g6-standard-2",
                "user_data": "none",
            ]
            var pace = LinodePace().scaled(by: 0.001)
            pace.request = .seconds(60)
            pace.bootPatience = patience
            platform = try LinodeDriver.make(
                settings: PlatformSettings(name: "linode", driver: "linode", options: Fixtures.document(options)),
                in: Fixtures.context(secrets: ["token": settings.token]), transport: FakeLinodeTransport(fake), pace: pace)
        }

        static func cell(_ name: String = "debian12-linode") -> CellPlan {
            var os = Fixtures.debian12
            os.linodeImage = "linode/debian12"
            return CellPlan(
                name: name, point: [AxisValue(axis: "os", value: "debian12"), AxisValue(axis: "platform", value: "linode")], os: os,
                platform: "linode",
                hosts: [HostPlan(name: name)])
        }

        func wanted(_ name: String = "debian12-linode") throws -> Resource {
            try #require(platform.resources(for: Self.cell(name), run: Fixtures.run, expires: nil).first?.first)
        }

        func create(_ name: String = "debian12-linode") async throws -> Resource {
            try await platform.create(try wanted(name), for: Self.cell(name))
        }

        func ready(_ made: Resource) async throws -> Endpoint { try await platform.ready(made, for: Self.cell()) { _ in } }

        /// Makes a host, reaches it, and takes it down again.
        func live(_ name: String = "debian12-linode") async throws {
            let made = try await create(name)
            #expect(try await ready(made).address.hasPrefix("203.0."))
            try await platform.destroy(made)
        }

        /// Nothing of ours is there, and nothing was asked that may not be.
        func isClean() async throws {
            #expect(fake.instances == [])
            #expect(fake.tags.filter { $0.hasPrefix("solti-matrix") } == [])
            #expect(fake.violations == [])
            #expect(try await platform.remaining(of: Fixtures.run) == [])
        }
    }

    // MARK: - 1: lost answers to create

    @Test(arguments: [FakeLinodeFault.lostAnswer, .truncated, .broken])
    func aCreateThatWasDoneIsAdopted(fault: FakeLinodeFault) async throws {
        let bench = try Bench()
        bench.fake.fail("POST", "/linode/instances", with: fault)
        let made = try await bench.create()
        #expect(bench.fake.instances == [made.name])
        #expect(bench.fake.count("POST", "/linode/instances") == 1, "it is not made twice")
        try await bench.platform.destroy(made)
        try await bench.isClean()
    }

    @Test func aTakenLabelIsOnlyOursByItsTag() async throws {
        let bench = try Bench()
        let label = try bench.wanted().name
        bench.fake.addForeigners(1) { _ in label }
        let error = await #expect(throws: InfrastructureError.self) { try await bench.create() }
        #expect(error?.isTransient == false)
        #expect(bench.fake.foreigners == 1)
        try await bench.isClean()
    }

    // MARK: - 2: too many requests

    @Test(arguments: ["2", nil, "-3", "soon", "-1509450059", "Wed, 21 Oct 2015 07:28:00 GMT"])
    func tooManyRequestsAreAskedAgain(retryAfter: String?) async throws {
        let bench = try Bench()
        bench.fake.fail(with: .tooMany(retryAfter: retryAfter), times: 3)
        bench.fake.fail("POST", "/linode/instances", with: .tooMany(retryAfter: retryAfter), times: 2)
        bench.fake.fail("DELETE", with: .tooMany(retryAfter: retryAfter), times: 2)
        try await bench.live()
        #expect(bench.fake.count("POST", "/linode/instances") == 3)
        try await bench.isClean()
    }

    @Test func createsKeepToLinodesPace() async throws {
        var settings = FakeLinodeSettings.quick
        settings.createsPerWindow = 5
        let bench = try Bench(settings)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...12 { group.addTask { try await bench.live("debian12-\(number)") } }
            try await group.waitForAll()
        }
        try await bench.isClean()
    }

    // MARK: - 3: gateways

    @Test(arguments: [
        FakeLinodeFault.page(502), .page(504), .truncated, .status(408, "Request timed out"), .status(500, "Internal server error"), .drop,
        .broken,
    ])
    func burstsOfTroublePass(fault: FakeLinodeFault) async throws {
        let bench = try Bench()
        for method in ["GET", "POST", "DELETE"] { bench.fake.fail(method, with: fault, passing: 1, times: 4) }
        try await bench.live()
        try await bench.live("debian12-second")
        try await bench.isClean()
    }

    @Test func troubleThatStaysEndsInAnErrorThatSaysSo() async throws {
        let bench = try Bench()
        bench.fake.fail("POST", with: .page(502), times: 10_000)
        let error = await #expect(throws: InfrastructureError.self) { try await bench.create() }
        #expect(error?.why.contains("502") ?? false, "\(String(describing: error))")
        #expect((2...20).contains(bench.fake.count("POST", "/linode/instances")))
        bench.fake.heal()
        try await bench.isClean()
    }

    // MARK: - 4: full regions

    @Test func theNextRegionIsTaken() async throws {
        var settings = FakeLinodeSettings.quick
        settings.fullRegions = ["us-central"]
        let bench = try Bench(settings)
        let made = try await bench.create()
        #expect(bench.fake.listed.map { $0["region"]?.string } == ["us-east"])
        try await bench.platform.destroy(made)
        try await bench.isClean()
    }

    @Test func whereAllRegionsAreFullTheErrorNamesThem() async throws {
        var settings = FakeLinodeSettings.quick
        settings.fullRegions = ["us-central", "us-east"]
        let bench = try Bench(settings)
        let error = await #expect(throws: InfrastructureError.self) { try await bench.create() }
        #expect(error?.isTransient == false)
        for region in ["us-central", "us-east"] { #expect(error?.why.contains(region) ?? false, "\(String(describing: error))") }
        try await bench.isClean()
        var soldOut = FakeLinodeSettings.quick
        soldOut.soldOutRegions = ["us-central", "us-east"]
        let problems = await (try Bench(soldOut)).platform.preflight([Bench.cell()])
        #expect(problems.contains { $0.severity == .error && $0.message.contains("no capacity") }, "\(problems)")
    }

    // MARK: - 5: the account's limit (the third of five is in the engine's tests)

    @Test func theAccountsLimitIsFinal() async throws {
        var settings = FakeLinodeSettings.quick
        settings.accountLimit = 2
        let bench = try Bench(settings)
        var made: [Resource] = []
        for name in ["debian12-a", "debian12-b"] { made.append(try await bench.create(name)) }
        let error = await #expect(throws: InfrastructureError.self) { try await bench.create("debian12-c") }
        #expect(error?.isTransient == false)
        #expect(bench.fake.count("POST", "/linode/instances") == 3, "it is not tried again")
        for resource in made { try await bench.platform.destroy(resource) }
        try await bench.isClean()
    }

    // MARK: - 6: boots that fail

    @Test func aBootThatFailsSaysWhy() async throws {
        let bench = try Bench()
        bench.fake.destine(.failsToBoot)
        let made = try await bench.create()
        let error = await #expect(throws: InfrastructureError.self) { try await bench.ready(made) }
        #expect(error?.why.contains("the kernel did not find its disk") ?? false, "\(String(describing: error))")
        #expect(error?.isTransient == true, "it may be made anew")
        try await bench.platform.destroy(made)
        try await bench.isClean()
    }

    @Test func aMachineThatStaysProvisioningIsGivenUp() async throws {
        let bench = try Bench(patience: .milliseconds(100))
        bench.fake.destine(.staysProvisioning)
        let made = try await bench.create()
        let error = await #expect(throws: InfrastructureError.self) { try await bench.ready(made) }
        #expect(error?.why.contains("still provisioning") ?? false, "\(String(describing: error))")
        try await bench.platform.destroy(made)
        try await bench.isClean()
    }

    @Test func aPrivateAddressIsNotTheHosts() async throws {
        var settings = FakeLinodeSettings.quick
        settings.givesPrivateAddressFirst = true
        let bench = try Bench(settings)
        try await bench.live()
        try await bench.isClean()
    }

    // MARK: - 8: deletes

    @Test(arguments: [
        FakeLinodeFault.status(500, "Internal server error"), .page(502), .busy, .status(404, "Not found"), .lostAnswer, .drop, .truncated,
        .tooMany(retryAfter: "2"),
    ])
    func aDeleteIsConfirmedAfterAnyAnswer(fault: FakeLinodeFault) async throws {
        let bench = try Bench()
        let made = try await bench.create()
        bench.fake.fail("DELETE", "/linode/instances", with: fault, times: 3)
        if case .answer(let answer) = fault, answer.status == 404 {
            // Linode's word that it is gone is taken; asking for what remains finds it out.
            try? await bench.platform.destroy(made)
            for left in try await bench.platform.remaining(of: Fixtures.run) { try? await bench.platform.destroy(left) }
            bench.fake.heal()
            for left in try await bench.platform.remaining(of: Fixtures.run) { try await bench.platform.destroy(left) }
        } else {
            try await bench.platform.destroy(made)
        }
        #expect(bench.fake.instances == [])
        #expect(bench.fake.violations == [])
    }

    @Test func aDeleteThatHangsIsSentAgain() async throws {
        let settings = FakeLinodeSettings.quick
        let fake = FakeLinode(settings)
        var pace = LinodePace().scaled(by: 0.001)
        pace.request = .seconds(1)
        let options: Value = [
            "driver": "linode", "endpoint": .string(FakeLinodeTransport.endpoint), "token": ["env": "X"], "region": "us-east",
            "user_data": "none",
        ]
        let platform = try LinodeDriver.make(
            settings: PlatformSettings(name: "linode", driver: "linode", options: Fixtures.document(options)),
            in: Fixtures.context(secrets: ["token": settings.token]), transport: FakeLinodeTransport(fake), pace: pace)
        let wanted = try #require(platform.resources(for: Bench.cell(), run: Fixtures.run, expires: nil).first?.first)
        let made = try await platform.create(wanted, for: Bench.cell())
        fake.fail("DELETE", "/linode/instances", with: .hang, times: 2)
        try await platform.destroy(made)
        #expect(fake.instances == [])
        #expect(fake.violations == [])
    }

    @Test func whatIsGoneAlreadyIsSuccess() async throws {
        let bench = try Bench()
        let made = try await bench.create()
        try await bench.platform.destroy(made)
        try await bench.platform.destroy(made)
        try await bench.platform.destroy(try bench.wanted())
        try await bench.isClean()
    }

    // MARK: - 9: what is foreign

    @Test func noneOfManyForeignInstancesIsTouched() async throws {
        let bench = try Bench()
        bench.fake.addForeigners(150)
        bench.fake.addForeigners(3, tags: ["solti-matrix-run-other", "solti-matrix"]) { "other-run-\($0)" }
        let made = try await bench.create()
        #expect(try await bench.platform.remaining(of: Fixtures.run).map(\.id) == [made.id])
        #expect(try await bench.platform.owned().count == 4)
        for page in 1...2 { #expect(bench.fake.requests.contains { $0.path == "/linode/instances" && $0.query.contains("page=\(page)&") }) }
        try await bench.platform.destroy(made)
        #expect(bench.fake.foreigners == 153)
        #expect(bench.fake.tags.contains("production") && bench.fake.tags.contains("solti-matrix"))
        #expect(bench.fake.violations == [])
        #expect(bench.fake.instances == [])
    }

    @Test func aStrangersMachineWithOurIdIsLeftAlone() async throws {
        let bench = try Bench()
        bench.fake.addForeigners(1)
        let foreign = try #require(bench.fake.listed.first?["id"]?.number)
        var resource = try bench.wanted()
        resource.id = "\(Int(nearest: foreign))"
        await #expect(throws: InfrastructureError.self) { try await bench.platform.destroy(resource) }
        #expect(bench.fake.foreigners == 1)
        try await bench.isClean()
    }

    // MARK: - 10: maintenance, scopes

    @Test func maintenanceIsNotRetried() async throws {
        let bench = try Bench()
        bench.fake.fail("POST", with: .maintenance, times: 10_000)
        let error = await #expect(throws: InfrastructureError.self) { try await bench.create() }
        #expect(bench.fake.count("POST", "/linode/instances") == 1)
        #expect(error?.isTransient == false)
        #expect("\(String(describing: error))".contains("maintenance"))
        try await bench.isClean()
    }

    @Test func withoutTheAccountsScopeEverythingButTagsIsCleaned() async throws {
        var settings = FakeLinodeSettings.quick
        settings.scopes = ["linodes:read_write", "events:read_only"]
        let bench = try Bench(settings)
        let problems = await bench.platform.preflight([Bench.cell()])
        #expect(problems.allSatisfy { $0.severity == .warning }, "\(problems)")
        #expect(problems.contains { $0.message.contains("account:read_write") })
        try await bench.live()
        #expect(bench.fake.instances == [])
        #expect(bench.fake.count("DELETE", "/tags/solti-matrix") == 0, "what may not be done is not tried")
        #expect(bench.fake.violations == [])
    }

    @Test func aRevokedTokenEndsTheWorkAtOnce() async throws {
        let bench = try Bench()
        let made = try await bench.create()
        bench.fake.revokeToken()
        let before = bench.fake.requests.count
        let error = await #expect(throws: InfrastructureError.self) { try await bench.platform.destroy(made) }
        #expect(error?.isTransient == false)
        #expect(error?.next?.contains("token") ?? false)
        #expect(bench.fake.requests.count - before <= 2, "no storm")
    }

    @Test func preflightIsPleasedWithAGoodAccount() async throws {
        let bench = try Bench()
        #expect(await bench.platform.preflight([Bench.cell()]) == [])
        #expect(bench.fake.violations == [])
    }

    @Test func preflightNamesWhatTheAccountLacksAllAtOnce() async throws {
        var settings = FakeLinodeSettings.quick
        settings.closedRegions = ["us-east"]
        let bench = try Bench(settings, regions: ["mars-1", "us-east"])
        let problems = await bench.platform.preflight([Bench.cell()])
        #expect(problems.contains { $0.message.contains("mars-1") }, "\(problems)")
        #expect(problems.contains { $0.message.contains("not have Linodes in us-east") }, "\(problems)")
        #expect(bench.fake.violations == [])
    }
}
