import Foundation
import MatrixCore
import MatrixEngine
import MatrixLedger
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// Runs on the fake Linode that are struck at random calls, while its API misbehaves: after `reap` only other people's instances
/// are there, and the ledger agrees.
@Suite(.serialized) struct LinodeChaosTests {
    private static let seed = ProcessInfo.processInfo.environment["SOLTI_CHAOS_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...999_999_999)
    private static let runs = 40
    private static let place = SourceLocation(file: "chaos.yml", line: 1, column: 1)

    @Test func aRunThatIsStruckAtAnyCallLeavesNothing() async throws {
        var settings = FakeLinodeSettings()
        settings.timeScale = 0.001
        let fake = FakeLinode(settings)
        fake.addForeigners(30)
        // Another machine's run, which has not expired.
        fake.addForeigners(2, tags: [Resource.Tag.owner, "solti-matrix-run-261123-050122-zzzz"]) { "c\($0)-261123-050122-zzzz" }
        var tally = Tally()
        for number in 0..<Self.runs { tally.add(try await strike(fake, Dice(seed: Self.seed &+ UInt64(number)))) }
        tally.leaks += fake.instances
        tally.foreignTouched += fake.violations
        print(tally.summary("fake Linode", seed: Self.seed))
        #expect(tally.runs == Self.runs)
        #expect(tally.faults.values.reduce(0, +) > Self.runs)
        #expect(tally.leaks == [])
        #expect(tally.foreignTouched == [])
        #expect(tally.disagreements == [])
        #expect(fake.foreigners == 32)
    }

    private func strike(_ fake: FakeLinode, _ dice: Dice) async throws -> Tally {
        var tally = Tally(runs: 1)
        let state = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: state) }
        let ledger = try SQLiteLedger(state: state)
        let control = RunControl()
        let kills = dice.happens(0.5)
        let outage = Outage(at: dice.roll(1...40)) {
            if !kills { control.stop(.signal(name: "SIGTERM", exitStatus: 143)) }
            return kills
        }
        if dice.happens(0.8) {
            fake.fail(share: 0.2, seed: UInt64(dice.roll(1...1_000_000)), with: FakeLinodeFault.transient + [.busy, .lostAnswer])
        }
        let asked = fake.requests.count
        let run = try await begin(ledger)
        let platform = MortalPlatform(try linode(fake, state), outage, settles: .seconds(1))
        await work(on: platform, MortalLedger(ledger, outage), run, state, control, dice)
        if outage.hasStruck { tally.count(kills ? "SIGKILL" : "SIGTERM") }
        for request in fake.requests.dropFirst(asked) where request.status.map({ $0 >= 500 || $0 == 429 || $0 == 408 }) ?? true {
            tally.count("API: \(request.status.map(String.init) ?? "no answer") to \(request.method)")
        }
        fake.heal()
        try await reap(fake, state, &tally)
        return tally
    }

    private func begin(_ ledger: SQLiteLedger) async throws -> RunID {
        var generator = SystemRandomNumberGenerator()
        let run = RunID.make(at: .now, using: &generator)
        // As of a process that is gone.
        var owner = Owner.current()
        owner.startTicks += 1
        try await ledger.begin(
            RunRecord(run: run, matrix: "chaos", file: "/chaos.yml", started: .now, owner: owner, platforms: ["linode": "{}"], reports: "/"))
        return run
    }

    private func linode(_ fake: FakeLinode, _ state: String) throws -> any Platform {
        let options: Value = [
            "driver": "linode", "endpoint": .string(FakeLinodeTransport.endpoint), "token": ["env": "X"], "region": ["us-central", "us-east"],
            "type": "g6-standard-2", "user_data": "none",
        ]
        let settings = PlatformSettings(name: "linode", driver: "linode", options: Document(value: options, at: Self.place))
        let context = PlatformContext(
            state: state, access: Fixtures.access, runner: ScriptedTransport(), redactor: Redactor(), secrets: ["token": fake.settings.token])
        var pace = LinodePace().scaled(by: 0.001)
        pace.request = .milliseconds(500)
        pace.bootPatience = .seconds(20)
        return try LinodeDriver.make(settings: settings, in: context, transport: FakeLinodeTransport(fake), pace: pace)
    }

    private func work(on platform: any Platform, _ ledger: any Ledger, _ run: RunID, _ state: String, _ control: RunControl, _ dice: Dice) async {
        let chaos = ChaosPlan(platform: "linode", dice: dice, faultiness: 0.03, cells: dice.roll(1...3))
        var plan = chaos.plan
        for index in plan.cells.indices { plan.cells[index].os.linodeImage = "linode/debian12" }
        let parts = MatrixEngine.Parts(
            platforms: ["linode": platform], ledger: ledger, connector: chaos.connector, provisioner: chaos.provisioner, deployers: [chaos.deployer],
            checker: chaos.checker, inventory: ScriptedInventory(), events: EventRecorder(), redactor: Redactor(), access: Fixtures.access)
        _ = await Engine(parts).run(plan, options: RunOptions(run: run, reports: "\(state)/reports", directory: "\(state)/run"), control: control)
    }

    private func reap(_ fake: FakeLinode, _ state: String, _ tally: inout Tally) async throws {
        let ledger = try SQLiteLedger(state: state)
        let platform = MortalPlatform(try linode(fake, state), settles: .seconds(1))
        let reaper = Reaper(ledger: ledger, redactor: Redactor(), patience: .seconds(30)) { _, _ in platform }
        for _ in 1...3 {
            let findings = try await reaper.find(ReapFilter(machine: Owner.current().machine))
            if findings.isEmpty { break }
            for outcome in await reaper.take(findings) where outcome.problem != nil { tally.count("a reap that had to be repeated") }
        }
        for lease in try await ledger.open() { tally.disagreements.append("\(lease.resource.name) is still \(lease.state.rawValue): \(lease.why ?? "")") }
        for run in try await ledger.unfinishedRuns() { tally.disagreements.append("run \(run.run) has no end") }
    }
}
