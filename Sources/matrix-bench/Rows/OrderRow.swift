import Foundation
import MatrixChecks
import MatrixCore
import MatrixDeployers
import MatrixEngine
import MatrixRemote
import MatrixSimulation

/// The gain of starting the longest cells first: cells of very different lengths, with and without a history.
struct OrderRow: Row {
    let name = "order"
    private static let parallel = 10

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let plan = Samples.plan(cells: 100, checks: 4, parallel: Self.parallel)
        let history = Dictionary(
            uniqueKeysWithValues: plan.cells.enumerated().map {
                ($1.name, Self.durations($0, of: plan.cells.count, shortened: scale.isSmoke ? 10 : 1))
            })
        let lengths = history.values.map { $0.values.reduce(0, +) }
        let ideal = max(lengths.max() ?? 0, lengths.reduce(0, +) / Double(Self.parallel))
        let known = try await seconds(plan, history, ExpectedTimes(history), in: "\(folder)/known")
        let unknown = try await seconds(plan, history, ExpectedTimes(), in: "\(folder)/unknown")
        let what = "\(plan.cells.count) unequal cells, \(Self.parallel) at once: over the ideal schedule"
        return [
            Measurement(
                row: name,
                what: "\(what), longest first", value: known - ideal, unit: "s", platform: ideal, note: "with a history"),
            Measurement(
                row: name, what: "\(what), in the file's order", value: unknown - ideal, unit: "s", platform: ideal,
                note: "without a history"),
        ]
    }

    /// Most cells are short; the last ones in the file are long.
    private static func durations(_ index: Int, of count: Int, shortened factor: Double) -> [Phase: Double] {
        let length = (index >= count - count / 10 ? 2.0 : 0.1 + 0.01 * Double(index % 10)) / factor
        return [.create: length * 0.4, .provision: 0, .deploy: length * 0.4, .verify: length * 0.2, .finally: 0, .destroy: 0]
    }

    private func seconds(_ plan: Plan, _ history: [String: [Phase: Double]], _ expected: ExpectedTimes, in folder: String) async throws
        -> Double
    {
        let simulation = Simulation(Scenario(speed: 1), history: history)
        let parts = simulation.parts(
            of: plan, deployers: DeployerCatalogue.all(runner: LocalTransport()).map(\.declaration), checker: CheckRunner(),
            inventory: AnsibleInventory(), events: Silence(), redactor: Redactor())
        let started = ContinuousClock.now
        let options = RunOptions(
            run: RunID("261123-000000-bnch"), reports: "\(folder)/reports", directory: "\(folder)/run", expected: expected)
        let result = await Engine(parts).run(plan, options: options)
        guard result.exitStatus == .passed else { throw BenchError("the simulated run ended with status \(result.exitStatus.rawValue)") }
        return (ContinuousClock.now - started).inSeconds
    }
}
