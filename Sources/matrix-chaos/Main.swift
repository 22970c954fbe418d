import Foundation
import MatrixCore
import MatrixEngine
import MatrixLedger
import MatrixTesting
import UnixSignals

/// Runs on a ``FolderCloud`` in a separate process, for tests that kill it; or claims names.
///
/// `matrix-chaos run STATE CLOUD SEED [FAULTINESS]` exits with the run's exit status. `matrix-chaos claim STATE COUNT` prints the names
/// that it claimed from a pool, one per line, and then waits to be killed.
@main struct MatrixChaos {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4 else { exit(2) }
        if arguments[1] == "claim" { return try await claim(state: arguments[2], count: Int(arguments[3]) ?? 1) }
        let faultiness = arguments.count > 5 ? Double(arguments[5]) ?? 0 : 0.08
        exit(try await run(state: arguments[2], cloud: arguments[3], seed: UInt64(arguments[4]) ?? 0, faultiness: faultiness))
    }

    private static func run(state: String, cloud: String, seed: UInt64, faultiness: Double) async throws -> Int32 {
        let dice = Dice(seed: seed)
        let platform = try FolderCloud(in: cloud, dice: dice, faultiness: faultiness)
        let chaos = ChaosPlan(platform: platform.name, dice: dice, faultiness: faultiness / 3, cells: dice.roll(1...3))
        let ledger = try SQLiteLedger(state: state)
        let run = RunID.make()
        try await ledger.begin(
            RunRecord(
                run: run, matrix: "chaos", file: "/chaos.yml", started: .now, owner: .current(), platforms: [platform.name: "{}"],
                reports: "\(state)/reports"))
        let control = RunControl()
        let watch = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigterm) { control.stop(.signal(name: "SIGTERM", exitStatus: .terminated)) }
        }
        let parts = EngineDependencies(
            platforms: [platform.name: platform], ledger: ledger, connector: chaos.connector, provisioner: chaos.provisioner,
            deployers: [chaos.deployer], checker: chaos.checker, inventory: ScriptedInventory(), events: EventRecorder(),
            redactor: Redactor())
        let options = RunOptions(run: run, reports: "\(state)/reports/\(run)", directory: "\(state)/runs/\(run)")
        print("started")
        fflush(nil)
        let result = await Engine(parts).run(chaos.plan, options: options, control: control)
        try await ledger.end(run, exitStatus: result.exitStatus)
        watch.cancel()
        return result.exitStatus.rawValue
    }

    private static func claim(state: String, count: Int) async throws {
        let ledger = try SQLiteLedger(state: state)
        let run = RunID.make()
        try await ledger.begin(
            RunRecord(run: run, matrix: "chaos", file: "/chaos.yml", started: .now, owner: .current(), platforms: [:], reports: "/"))
        var number = 20_000
        var claimed = 0
        while claimed < count {
            if try await ledger.claim(kind: "vmid", name: "\(number)", run: run, until: nil) {
                print(number)
                claimed += 1
            }
            number += 1
        }
        print("done")
        fflush(nil)
        try await Task.sleep(for: .seconds(120))
    }
}
