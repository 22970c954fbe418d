import Foundation
import MatrixCore
import MatrixEngine
import MatrixLedger
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// Runs on fakepve that are struck at random calls, with faults of its API: after `reap` only other people's machines are there.
@Suite(.serialized, .enabled(FakeProxmox.skipped) { try await FakeProxmox.isWanted() })
struct ProxmoxChaosTests {
    private static let seed = ProcessInfo.processInfo.environment["SOLTI_CHAOS_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...999_999_999)
    private static let runs = 12

    /// What the API does wrong, and to which calls. A clone whose worker dies keeps its lock for ever: over the API that is a leak
    /// that is said, which ``TwelveFaultsTests`` proves.
    private static let faults: [(method: String, path: String, kind: String, more: [String: Value])] = [
        ("POST", "/clone$", "lost", [:]), ("DELETE", "/qemu/[0-9]+$", "lost", [:]), ("PUT", "/config$", "lost", [:]), ("POST", "/start$", "lost", [:]),
        ("POST", "/clone$", "reply", ["status": 500, "message": "can't lock file '/var/lock/qemu-server/lock-8000.conf' - got timeout", "times": 2]),
        ("(POST|DELETE|GET)", ".", "reply", ["status": 503, "message": "Service Unavailable", "html": true]),
        ("DELETE", "/qemu/[0-9]+$", "reply", ["status": 595, "message": "No route to host", "times": 2]),
    ]

    private static let strangers: [Value] = [
        guest(300, "web-1", ""), guest(20_001, "c1-261123-050122-zzzz", "solti-matrix;solti-matrix-run-261123-050122-zzzz"),
        guest(301, "runner", "solti-matrix-runner"),
    ]

    private static func guest(_ vmid: Int, _ name: String, _ tags: String) -> Value {
        ["vmid": .int(vmid), "name": .string(name), "node": "pve1", "config": ["name": .string(name), "tags": .string(tags), "memory": "512"]]
    }

    @Test func aRunThatIsStruckAtAnyCallLeavesNothing() async throws {
        let fake = try await FakeProxmox(guests: FakeProxmox.templates + Self.strangers)
        let before = try await machines(fake)
        var tally = Tally()
        for number in 0..<Self.runs { tally.add(try await strike(fake, Dice(seed: Self.seed &+ UInt64(number)))) }
        try await fake.clearFaults()
        let after = try await machines(fake)
        for name in after.keys.sorted() where before[name] == nil { tally.leaks.append(name) }
        for (name, machine) in before where after[name] != machine { tally.foreignTouched.append(name) }
        print(tally.summary("fakepve", seed: Self.seed))
        #expect(tally.runs == Self.runs)
        #expect(tally.leaks == [])
        #expect(tally.foreignTouched == [])
        #expect(tally.disagreements == [])
        #expect(try await fake.runningTasks() == 0)
    }

    private func machines(_ fake: FakeProxmox) async throws -> [String: Value] {
        Dictionary(try await fake.machines().map { ("\($0["vmid"]?.text ?? "") \($0["name"]?.text ?? "")", $0["config"] ?? .null) }) { first, _ in first }
    }

    private func strike(_ fake: FakeProxmox, _ dice: Dice) async throws -> Tally {
        var tally = Tally(runs: 1)
        let state = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: state) }
        let ledger = try SQLiteLedger(state: state)
        let control = RunControl()
        let kills = dice.happens(0.5)
        let outage = Outage(at: dice.roll(1...30)) {
            if !kills { control.stop(.signal(name: "SIGTERM", exitStatus: 143)) }
            return kills
        }
        if dice.happens(0.7) {
            let fault = dice.pick(Self.faults)
            try await fake.fault(fault.method, fault.path, fault.kind, fault.more)
            tally.count("API: \(fault.kind) of \(fault.method) \(fault.path)")
        }
        var generator = SystemRandomNumberGenerator()
        let run = RunID.make(at: .now, using: &generator)
        var owner = Owner.current()
        owner.startTicks += 1
        try await ledger.begin(
            RunRecord(run: run, matrix: "chaos", file: "/chaos.yml", started: .now, owner: owner, platforms: ["proxmox": "{}"], reports: "/"))
        let platform = MortalPlatform(try fake.platform(claims: ledger), outage, settles: .seconds(1))
        await work(on: platform, MortalLedger(ledger, outage), run, state, control, dice)
        if outage.hasStruck { tally.count(kills ? "SIGKILL" : "SIGTERM") }
        try await fake.clearFaults()
        try await reap(fake, state, &tally)
        return tally
    }

    private func work(on platform: any Platform, _ ledger: any Ledger, _ run: RunID, _ state: String, _ control: RunControl, _ dice: Dice) async {
        let chaos = ChaosPlan(platform: "proxmox", dice: dice, faultiness: 0.03, cells: dice.roll(1...2))
        var plan = chaos.plan
        for index in plan.cells.indices { plan.cells[index].os = Fixtures.debian12 }
        let parts = MatrixEngine.Parts(
            platforms: ["proxmox": platform], ledger: ledger, connector: chaos.connector, provisioner: chaos.provisioner, deployers: [chaos.deployer],
            checker: chaos.checker, inventory: ScriptedInventory(), events: EventRecorder(), redactor: Redactor(), access: Fixtures.access)
        _ = await Engine(parts).run(plan, options: RunOptions(run: run, reports: "\(state)/reports", directory: "\(state)/run"), control: control)
    }

    private func reap(_ fake: FakeProxmox, _ state: String, _ tally: inout Tally) async throws {
        let ledger = try SQLiteLedger(state: state)
        let platform = MortalPlatform(try fake.platform(claims: ledger), settles: .seconds(1))
        let reaper = Reaper(ledger: ledger, redactor: Redactor(), patience: .seconds(30)) { _, _ in platform }
        for _ in 1...3 {
            let findings = try await reaper.find(ReapFilter(machine: Owner.current().machine))
            if findings.isEmpty { break }
            for outcome in await reaper.take(findings) where outcome.problem != nil { tally.count("a reap that had to be repeated") }
        }
        for lease in try await ledger.open() { tally.disagreements.append("\(lease.resource.name) is still \(lease.state.rawValue): \(lease.why ?? "")") }
        for run in try await ledger.unfinishedRuns() { tally.disagreements.append("run \(run.run) has no end") }
        for claim in try await ledger.claims(kind: nil) { tally.disagreements.append("\(claim.kind) \(claim.name) is still claimed") }
    }
}
