import IntegrationSupport
import MatrixConformance
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// The promises of the driver `linode`, on the fake Linode.
@Suite(.requires()) struct LinodeConformanceTests {
    @Test(arguments: Promise.allCases) func linode(keeps promise: Promise) async throws {
        let harness = try LinodeHarness()
        await expectKept(promise, by: "linode", harness)
        #expect(harness.fake.violations == [])
    }
}

private struct LinodeHarness: ConformanceHarness {
    let platform = "linode"
    let promises = LinodeDriver.declaration.promises(nil)
    let world: ConformanceWorld
    let fake: FakeLinode

    init() throws {
        var settings = FakeLinodeSettings()
        settings.timeScale = 0.001
        fake = FakeLinode(settings)
        fake.addForeigners(3)
        world = try ConformanceWorld()
    }

    var ledger: any Ledger { world.ledger }
    func record(of run: RunID) -> RunRecord { world.record(of: run, platforms: [platform]) }

    func cell(_ name: String, size: HostSize) -> CellPlan {
        var os = Samples.debian12
        os.linodeImage = "linode/debian12"
        return ConformanceWorld.cell(name, os, on: platform, size: size)
    }

    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform] {
        let options: Value = [
            "driver": "linode", "endpoint": .string(FakeLinodeTransport.endpoint), "token": ["env": "X"],
            "region": ["us-central", "us-east"], "type": "g6-standard-2", "user_data": "none",
        ]
        let settings = PlatformSettings(name: platform, driver: platform, options: ConformanceWorld.document(options))
        let context = PlatformContext(
            state: world.state, access: world.access(run), runner: ScriptedTransport(), redactor: Redactor(),
            secrets: ["token": fake.settings.token])
        var pace = LinodePace().scaled(by: 0.001)
        pace.request = .milliseconds(500)
        pace.bootPatience = .seconds(20)
        let made = try LinodeDriver.make(settings: settings, in: context, transport: line.web(FakeLinodeTransport(fake)), pace: pace)
        return [platform: made]
    }

    func inventory() async throws -> [String: String]? {
        Dictionary(fake.listed.map { ("\($0["id"]?.text ?? "") \($0["label"]?.text ?? "")", $0["tags"]?.json ?? "") }) { first, _ in first }
    }

    func putStranger(named resource: Resource) async throws -> Bool {
        fake.addForeigners(1, tags: ["somebodys"]) { _ in resource.name }
        return true
    }

    func size(of resource: Resource) async throws -> HostSize? {
        let specs = fake.listed.first { $0["id"]?.text == resource.id }?["specs"]
        return HostSize(cores: specs?["vcpus"]?.wholeNumber, memory: specs?["memory"]?.wholeNumber.map { $0 << 20 })
    }
}
