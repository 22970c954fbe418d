import Foundation
import MatrixCore
import MatrixEngine
import MatrixTesting

@testable import MatrixLedger

/// One run of chaos: a cloud with other people's machines in it, a state folder, a fault at a random moment, and a reap at the end.
struct Chaos {
    /// How a run's world ends.
    enum Blow: String, CaseIterable {
        case killed = "SIGKILL"
        case terminated = "SIGTERM"
        case diskFull = "full disk"
        case readOnly = "read-only state"
        case dropped = "dropped connections"
        case api = "API faults alone"
        case killedInTeardown = "SIGTERM, then SIGKILL"
    }

    let seed: UInt64
    let folder: String
    /// How long intents are not forgotten.
    let settles: Duration

    init(seed: UInt64, settles: Duration = .seconds(2)) throws {
        self.seed = seed
        self.settles = settles
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("chaos-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    var state: String { "\(folder)/state" }

    func cloud(_ dice: Dice, faultiness: Double) throws -> FolderCloud {
        try FolderCloud(in: "\(folder)/cloud", dice: dice, faultiness: faultiness, settles: settles)
    }

    // MARK: - In this process

    /// A run in this process, struck at one of its calls to the outside.
    ///
    /// - Parameter blow: nil for one that the dice pick.
    func run(_ blow: Blow? = nil) async throws -> Tally {
        let dice = Dice(seed: seed)
        var tally = Tally(runs: 1)
        let blow = blow ?? dice.pick(Blow.allCases)
        let cloud = try cloud(dice, faultiness: blow == .api ? 0.2 : 0.06)
        let strangers = try populate(cloud)
        let chaos = ChaosPlan(platform: cloud.name, dice: dice, faultiness: blow == .dropped ? 0.3 : 0.02, cells: dice.roll(1...3))
        let ledger = try SQLiteLedger(state: state)
        let control = RunControl()
        let outage = outage(blow, dice, ledger, control)
        let run = RunID.make()
        // An owner that does not exist: its leases are for the reaper.
        var owner = Owner.current()
        owner.startTicks += 1
        try await ledger.begin(
            RunRecord(
                run: run, matrix: "chaos", file: "/chaos.yml", started: .now, owner: owner, platforms: [cloud.name: "{}"], reports: "/"))
        let mortal = MortalPlatform(cloud, outage)
        let parts = EngineDependencies(
            platforms: [cloud.name: mortal], ledger: MortalLedger(ledger, outage), connector: chaos.connector,
            provisioner: chaos.provisioner, deployers: [chaos.deployer], checker: chaos.checker, inventory: ScriptedInventory(),
            events: EventRecorder(),
            redactor: Redactor())
        let options = RunOptions(run: run, reports: "\(folder)/reports", directory: "\(folder)/run")
        let result = await Engine(parts).run(chaos.plan, options: options, control: control)
        if outage.hasStruck { tally.count(blow.rawValue) }
        if outage.hasStruck, blow == .killed, dice.happens(0.3) {
            tally.count("state folder lost: reaped by tags alone")
            return try await reapByTags(cloud, strangers, tally)
        }
        if blow == .terminated, result.leaks.isEmpty, !cloud.isBusy { try await checkSilence(cloud, run, ledger, &tally) }
        try await reapAndJudge(strangers, &tally)
        tally.faults.merge(cloud.faults, uniquingKeysWith: +)
        return tally
    }

    private func outage(_ blow: Blow, _ dice: Dice, _ ledger: SQLiteLedger, _ control: RunControl) -> Outage {
        Outage(at: dice.roll(1...35)) {
            switch blow {
            case .killed: return true
            case .terminated: control.stop(.signal(name: "SIGTERM", exitStatus: .terminated))
            case .diskFull: try? await ledger.write("chaos") { _ = try $0.rows("PRAGMA max_page_count = 1") }
            case .readOnly: try? await ledger.write("chaos") { try $0.execute("PRAGMA query_only = 1") }
            case .killedInTeardown:
                control.stop(.signal(name: "SIGTERM", exitStatus: .terminated))
                try? await Task.sleep(for: .milliseconds(dice.roll(0...40)))
                return true
            case .dropped, .api: break
            }
            return false
        }
    }

    /// A run that reports no leak has left only what its ledger lists.
    private func checkSilence(_ cloud: FolderCloud, _ run: RunID, _ ledger: SQLiteLedger, _ tally: inout Tally) async throws {
        let listed = Set(try await ledger.open().map(\.resource.name))
        for thing in cloud.there.values where thing.tags.contains(Resource.Tag.run(run)) && !listed.contains(thing.resource.name) {
            tally.leaks.append("seed \(seed): \(thing.resource.name) was left without a word")
        }
    }

    // MARK: - Before and after

    /// Other people's machines: without a tag, of another run of ours that lives, of a run whose name only begins alike.
    func populate(_ cloud: FolderCloud) throws -> [String: FolderCloud.Thing] {
        func thing(_ name: String, _ run: String, tags: [String]) -> FolderCloud.Thing {
            FolderCloud.Thing(
                Resource(
                    platform: "cloud", kind: "host", name: name, id: "id-\(name)", run: RunID(run), cell: "x",
                    expires: .now + .seconds(86400)), tags: tags)
        }
        let other = RunID("261123-050122-zzzz")
        for thing in [
            thing("web-1", "nobody", tags: ["production"]),
            thing("c1-261123-050122-zzzz", other.value, tags: [Resource.Tag.owner, Resource.Tag.run(other)]),
            thing("solti-matrix-run", "nobody", tags: ["solti-matrix-runner"]),
            thing("near", "261123-050122-zzzzz", tags: [Resource.Tag.owner, "solti-matrix-run-261123-050122-zzzzz"]),
        ] { try cloud.put(thing) }
        return cloud.there
    }

    /// Reaps as `matrix reap --yes` does, and checks what remains.
    func reapAndJudge(_ strangers: [String: FolderCloud.Thing], _ tally: inout Tally) async throws {
        try await reap(state: state, cloud: "\(folder)/cloud")
        let ledger = try SQLiteLedger(state: state)
        let cloud = try cloud(Dice(seed: seed), faultiness: 0)
        // A create that was requested before the reap has taken effect by now, or never will.
        while cloud.isBusy { try await Task.sleep(for: .milliseconds(50)) }
        let there = cloud.there
        judge(there, strangers, &tally)
        for lease in try await ledger.open() {
            tally.disagreements.append("seed \(seed): \(lease.resource.name) is still \(lease.state.rawValue)")
        }
        for run in try await ledger.unfinishedRuns() { tally.disagreements.append("seed \(seed): run \(run.run) has no end") }
    }

    /// Reaps as another machine does, with an empty state folder, once the tags say that the run's things have expired.
    private func reapByTags(_ cloud: FolderCloud, _ strangers: [String: FolderCloud.Thing], _ tally: Tally) async throws -> Tally {
        var tally = tally
        while cloud.isBusy { try await Task.sleep(for: .milliseconds(50)) }
        let ledger = try SQLiteLedger(state: "\(folder)/elsewhere")
        let quiet = try self.cloud(Dice(seed: seed ^ 0xbeef), faultiness: 0.03)
        let reaper = Reaper(ledger: ledger, redactor: Redactor(), patience: .seconds(30)) { _, _ in nil }
        let early = try await reaper.find(ReapFilter(machine: "elsewhere"), on: [cloud.name: quiet])
        for item in early.tagged {
            tally.foreignTouched.append("seed \(seed): \(item.resource.name) would have been taken before it expired")
        }
        for _ in 1...4 {
            let later = ReapFilter(machine: "elsewhere", now: .now + .seconds(7200))
            _ = await reaper.take(try await reaper.find(later, on: [cloud.name: quiet]))
        }
        judge(cloud.there, strangers, &tally)
        tally.faults.merge(cloud.faults, uniquingKeysWith: +)
        return tally
    }

    private func judge(_ there: [String: FolderCloud.Thing], _ strangers: [String: FolderCloud.Thing], _ tally: inout Tally) {
        for name in there.keys.sorted() where strangers[name] == nil { tally.leaks.append("seed \(seed): \(name)") }
        for (name, thing) in strangers where there[name] != thing { tally.foreignTouched.append("seed \(seed): \(name)") }
    }

    func reap(state: String, cloud folder: String) async throws {
        let cloud = try FolderCloud(in: folder, dice: Dice(seed: seed ^ 0xfeed), faultiness: 0.03, settles: settles)
        let reaper = Reaper(ledger: try SQLiteLedger(state: state), redactor: Redactor(), patience: .seconds(30)) { _, _ in cloud }
        // A fault may stop one: it reports that, and the next one continues.
        for _ in 1...4 {
            let findings = try await reaper.find(ReapFilter(machine: Owner.current().machine))
            if findings.isEmpty { break }
            _ = await reaper.take(findings)
        }
    }

    // MARK: - In a separate process

    /// A run as a process that gets a signal at a random moment.
    ///
    /// - Parameter jump: seconds by which its clock jumps at a random moment; nil for none.
    func runProcess(_ signal: Int32, jump: Int? = nil) async throws -> Tally {
        let dice = Dice(seed: seed)
        var tally = Tally(runs: 1)
        let strangers = try populate(try cloud(dice, faultiness: 0))
        let clock = try jump.map { _ in try FakeClock(in: folder) }
        let process = try ChaosProcess(["run", state, "\(folder)/cloud", "\(seed)"], environment: clock?.environment ?? [:])
        try await process.waitFor("started")
        if let jump, let clock {
            try await Task.sleep(for: .milliseconds(dice.roll(0...150)))
            try clock.jump(by: jump)
            tally.count("clock jump by \(jump > 0 ? "+" : "")\(jump / 3600) h")
        }
        try await Task.sleep(for: .milliseconds(dice.roll(0...300)))
        if process.isRunning {
            process.send(signal)
            tally.count(signal == SIGKILL ? "SIGKILL of a process" : "SIGTERM of a process")
        }
        try await process.end()
        try await reapAndJudge(strangers, &tally)
        return tally
    }
}
