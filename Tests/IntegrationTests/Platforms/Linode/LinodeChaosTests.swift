import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Runs on the fake Linode that are struck at random calls, while its API misbehaves: after `reap` only other people's instances
/// are there, and the ledger agrees.
@Suite(.requires()) struct LinodeChaosTests {
    private static let runs = PlatformChaos.runs(nightly: 120)

    @Test func aRunThatIsStruckAtAnyCallLeavesNothing() async throws {
        var settings = FakeLinodeSettings()
        settings.timeScale = 0.001
        let fake = FakeLinode(settings)
        fake.addForeigners(30)
        // Another machine's run, which has not expired.
        fake.addForeigners(2, tags: [Resource.Tag.owner, "solti-matrix-run-261123-050122-zzzz"]) { "c\($0)-261123-050122-zzzz" }
        var tally = try await chaos(fake).run(Self.runs)
        for request in fake.requests where request.status.map({ $0 >= 500 || $0 == 429 || $0 == 408 }) ?? true {
            tally.count("API: \(request.status.map(String.init) ?? "no answer") to \(request.method)")
        }
        tally.leaks += fake.instances
        tally.foreignTouched += fake.violations
        print(tally.summary("fake Linode", seed: PlatformChaos.seed))
        #expect(tally.runs == Self.runs)
        #expect(tally.faults.values.reduce(0, +) > Self.runs)
        #expect(tally.leaks == [])
        #expect(tally.foreignTouched == [])
        #expect(tally.disagreements == [])
        #expect(fake.foreigners == 32)
    }

    private func chaos(_ fake: FakeLinode) -> PlatformChaos {
        var os = Samples.debian12
        os.linodeImage = "linode/debian12"
        return PlatformChaos(
            platform: "linode", os: os, cells: 1...3, calls: 1...40,
            drivers: { world in ["linode": world.mortal(try Self.linode(fake, world))] },
            trouble: { dice, _ in
                guard dice.happens(0.8) else { return }
                fake.fail(share: 0.2, seed: UInt64(dice.roll(1...1_000_000)), with: FakeLinodeFault.transient + [.busy, .lostAnswer])
            }, heal: { _ in fake.heal() })
    }

    private static func linode(_ fake: FakeLinode, _ world: PlatformChaos.World) throws -> any Platform {
        let options: Value = [
            "driver": "linode", "endpoint": .string(FakeLinodeTransport.endpoint), "token": ["env": "X"],
            "region": ["us-central", "us-east"],
            "type": "g6-standard-2", "user_data": "none",
        ]
        let place = SourceLocation(file: "chaos.yml", line: 1, column: 1)
        let settings = PlatformSettings(name: "linode", driver: "linode", options: Document(value: options, at: place))
        let context = PlatformContext(
            state: world.state, access: world.access, runner: ScriptedTransport(), redactor: Redactor(),
            secrets: ["token": fake.settings.token])
        var pace = LinodePace().scaled(by: 0.001)
        pace.request = .milliseconds(500)
        pace.bootPatience = .seconds(20)
        return try LinodeDriver.make(settings: settings, in: context, transport: FakeLinodeTransport(fake), pace: pace)
    }
}
