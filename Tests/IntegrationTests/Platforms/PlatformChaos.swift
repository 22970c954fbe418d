import Foundation
import MatrixCore
import MatrixEngine
import MatrixLedger
import MatrixRemote
import MatrixTesting

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Runs on a driver that are struck at one of their calls to the outside, and then reaped by another process: what the drivers'
/// chaos tests share.
struct PlatformChaos {
    /// A process's way to the outside; the one that reaps has no outage.
    struct World {
        let ledger: SQLiteLedger
        /// The state folder.
        let state: String
        let access: RunAccess
        let outage: Outage?
        let dice: Dice

        func mortal(_ platform: any Platform) -> MortalPlatform { MortalPlatform(platform, outage, settles: .seconds(1)) }
    }

    static let seed = ProcessInfo.processInfo.environment["SOLTI_CHAOS_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...999_999_999)

    /// How many runs there are: a tenth of the nightly ones unless `SOLTI_CHAOS` is set, as `make nightly` does.
    static func runs(nightly: Int) -> Int { ProcessInfo.processInfo.environment["SOLTI_CHAOS"] == nil ? nightly / 10 : nightly }

    /// The platform that its cells are on.
    let platform: String
    let os: OperatingSystem
    let cells: ClosedRange<Int>
    /// The calls among which it is struck.
    let calls: ClosedRange<Int>
    /// The drivers as a process makes them, by their names.
    let drivers: (World) throws -> [String: any Platform]
    /// What the outside begins to do wrong.
    var trouble: (Dice, inout Tally) async throws -> Void = { _, _ in }
    /// Ends that.
    var heal: (inout Tally) async throws -> Void = { _ in }
    /// What somebody sees to by hand before a reap.
    var repair: (SQLiteLedger, inout Tally) async throws -> Void = { _, _ in }
    /// Changes the cells that are run.
    var adapt: (inout CellPlan) -> Void = { _ in }
    /// What PROVISION does to a host, beside taking its time.
    var provision: @Sendable (MatrixCore.Host) async throws -> Void = { _ in }
    /// What the engine connects to hosts by; nil for what answers nothing.
    var connector: (World) -> (any Connector)? = { _ in nil }

    /// So many runs, one after the other, each of another seed.
    func run(_ count: Int) async throws -> Tally {
        var tally = Tally()
        for number in 0..<count { tally.add(try await strike(Dice(seed: Self.seed &+ UInt64(number)))) }
        return tally
    }

    private func strike(_ dice: Dice) async throws -> Tally {
        var tally = Tally(runs: 1)
        let state = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: state) }
        let control = RunControl()
        let kills = dice.happens(0.5)
        let outage = Outage(at: dice.roll(calls)) {
            if !kills { control.stop(.signal(name: "SIGTERM", exitStatus: .terminated)) }
            return kills
        }
        try await trouble(dice, &tally)
        let access = RunAccess(directory: "\(state)/run", publicKey: "ssh-ed25519 AAAAkey chaos")
        let world = World(ledger: try SQLiteLedger(state: state), state: state, access: access, outage: outage, dice: dice)
        try await work(world, control)
        if outage.hasStruck { tally.count(kills ? "SIGKILL" : "SIGTERM") }
        try await heal(&tally)
        try await reap(World(ledger: try SQLiteLedger(state: state), state: state, access: access, outage: nil, dice: dice), &tally)
        return tally
    }

    private func work(_ world: World, _ control: RunControl) async throws {
        guard let outage = world.outage else { return }
        let drivers = try drivers(world)
        let run = try await begin(world.ledger, drivers.keys.sorted())
        let chaos = ChaosPlan(platform: platform, dice: world.dice, faultiness: 0.03, cells: world.dice.roll(cells))
        var plan = chaos.plan
        for index in plan.cells.indices {
            plan.cells[index].os = os
            adapt(&plan.cells[index])
        }
        let provisioner = ScriptedProvisioner { [provision] host in
            try await outage.pulse()
            try await provision(host)
        }
        let parts = EngineDependencies(
            platforms: drivers, ledger: MortalLedger(world.ledger, outage), connector: connector(world) ?? chaos.connector,
            provisioner: provisioner,
            deployers: [chaos.deployer], checker: chaos.checker, inventory: ScriptedInventory(), events: EventRecorder(),
            redactor: Redactor())
        _ = await Engine(parts).run(
            plan, options: RunOptions(run: run, reports: "\(world.state)/reports", directory: "\(world.state)/run"), control: control)
    }

    private func begin(_ ledger: SQLiteLedger, _ platforms: [String]) async throws -> RunID {
        let run = RunID.make()
        // As of a process that is gone.
        var owner = Owner.current()
        owner.startTicks += 1
        let records = Dictionary(platforms.map { ($0, "{}") }) { first, _ in first }
        try await ledger.begin(
            RunRecord(run: run, matrix: "chaos", file: "/chaos.yml", started: .now, owner: owner, platforms: records, reports: "/"))
        return run
    }

    private func reap(_ world: World, _ tally: inout Tally) async throws {
        try await repair(world.ledger, &tally)
        let drivers = try drivers(world)
        let reaper = Reaper(ledger: world.ledger, redactor: Redactor(), patience: .seconds(30)) { name, _ in drivers[name] }
        for _ in 1...3 {
            let findings = try await reaper.find(ReapFilter(machine: Owner.current().machine))
            if findings.isEmpty { break }
            for outcome in await reaper.take(findings) where outcome.problem != nil { tally.count("a reap that had to be repeated") }
        }
        for lease in try await world.ledger.open() {
            tally.disagreements.append("\(lease.resource.name) is still \(lease.state.rawValue): \(lease.why ?? "")")
        }
        for run in try await world.ledger.unfinishedRuns() { tally.disagreements.append("run \(run.run) has no end") }
        for claim in try await world.ledger.claims(kind: nil) { tally.disagreements.append("\(claim.kind) \(claim.name) is still claimed") }
    }
}
