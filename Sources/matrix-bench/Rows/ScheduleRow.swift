import Foundation
import MatrixChecks
import MatrixCore
import MatrixDeployers
import MatrixEngine
import MatrixLedger
import MatrixRemote
import MatrixSimulation

/// The engine's overhead over the ideal schedule: real engine, real ledger on disk, platforms that only wait.
struct ScheduleRow: Row {
    let name: String
    let cells: Int
    let checks: Int

    private static let durations: [Phase: Duration] = [
        .create: .milliseconds(40), .provision: .milliseconds(20), .deploy: .milliseconds(40), .verify: .milliseconds(20),
        .finally: .zero, .destroy: .milliseconds(20),
    ]

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let count = cells >= 100 ? scale.of(cells) : cells
        let plan = Samples.plan(cells: count, checks: checks, parallel: 100)
        // The first run of a project makes the ledger: it is measured separately.
        let opened = ContinuousClock.now
        let ledger = try SQLiteLedger(state: "\(folder)/state")
        let started = ContinuousClock.now
        let before = Counted.own.processorSeconds
        let result = try await rehearse(plan, in: folder, ledger)
        let wall = (ContinuousClock.now - started).inSeconds
        let spent = Counted.own.processorSeconds - before
        guard result.exitStatus == .passed else { throw BenchError("the simulated run ended with status \(result.exitStatus.rawValue)") }
        let ideal = idealSeconds(cells: count, parallel: 100)
        let limit = [9: 0.05, 1000: 2][cells].flatMap { cells == 9 ? $0 : scale.limit($0) }
        return [
            Measurement(
                row: name, what: "\(count) cells × \(checks) checks: overhead", value: wall - ideal, unit: "s", limit: limit,
                platform: ideal,
                note: "over the ideal schedule of 100 at once"),
            Measurement(row: name, what: "a new ledger, once for a project", value: (started - opened).inSeconds, unit: "s"),
            Measurement(
                row: name, what: "\(count) cells × \(checks) checks: overhead a cell", value: (wall - ideal) / Double(count) * 1000,
                unit: "ms"),
            Measurement(row: name, what: "\(count) cells × \(checks) checks: processor time", value: spent, unit: "s"),
            Measurement(
                row: name, what: "\(count) cells × \(checks) checks: peak memory", value: Resident.peakMegabytes, unit: "MB",
                limit: cells <= 1000 && cells * checks == 40_000 ? scale.limit(150) : nil),
        ]
    }

    /// With equal cells the ideal schedule consists of full waves.
    private func idealSeconds(cells: Int, parallel: Int) -> Double {
        let one = Self.durations.values.reduce(0) { $0 + $1.inSeconds }
        return one * Double((cells + parallel - 1) / parallel)
    }

    private func rehearse(_ plan: Plan, in folder: String, _ ledger: SQLiteLedger) async throws -> RunResult {
        let scenario = Scenario(speed: 1, defaults: Self.durations)
        let simulation = Simulation(scenario)
        let run = RunID("261123-000000-bnch")
        try await ledger.begin(
            RunRecord(
                run: run, matrix: plan.name, file: "\(folder)/m.yml", started: .now, owner: .current(), platforms: [:], reports: folder))
        let parts = simulation.parts(
            of: plan, deployers: DeployerCatalogue.all(runner: LocalTransport()).map(\.declaration), checker: CheckRunner(),
            inventory: AnsibleInventory(), events: Silence(),
            redactor: Redactor(), ledger: ledger)
        let options = RunOptions(run: run, reports: "\(folder)/reports", directory: "\(folder)/run")
        let result = await Engine(parts).run(plan, options: options)
        try await ledger.remember(result)
        try await ledger.end(run, exitStatus: result.exitStatus)
        return result
    }
}
