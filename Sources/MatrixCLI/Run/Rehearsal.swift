import Foundation
import MatrixChecks
import MatrixCore
import MatrixDeployers
import MatrixEngine
import MatrixRemote
import MatrixSimulation

/// The parts of one `matrix run --simulate`: the engine and the reports are real, everything that reaches outside is not.
///
/// It reads only the times of past cells from the ledger.
struct Rehearsal: Session {
    let parts: EngineDependencies
    let options: RunOptions
    let plan: Plan
    private let simulation: Simulation

    init(_ plan: Plan, scenario: Scenario, arguments: RunArguments, progress: any EventSink, redactor: Redactor) async throws {
        let run = RunID.make()
        let expected = await Self.history(of: plan, arguments.state)
        simulation = Simulation(scenario, history: expected.phases)
        self.plan = simulation.plan(plan)
        let reports = try ReportsFolder(arguments.reports, project: plan.project).make(for: run)
        let runner = LocalTransport()
        let directory = try ProcessFolder.make()
        parts = simulation.parts(
            of: plan, deployers: try Deployers.all(beside: plan.file, runner: runner).map(\.declaration), checker: CheckRunner(),
            inventory: AnsibleInventory(),
            events: EventFanOut(sinks: [progress, try EventFile(in: reports)]), redactor: redactor)
        options = RunOptions(
            run: run, reports: reports, directory: directory, parallel: arguments.parallel, failFast: arguments.failFast,
            environment: RunFacts.environment(of: plan, arguments), commit: await RunFacts.commit(plan.project, runner),
            again: ["matrix", "run", plan.file], expected: expected)
    }

    /// A rehearsal is not in the history, and `latest` does not point to its report.
    var isNewest: Bool { false }

    func surround<R>(_ progress: ProgressDisplay, _ work: () async throws -> R) async throws -> R {
        defer { try? FileManager.default.removeItem(atPath: options.directory) }
        return try await work()
    }

    /// With the times that a real run would have.
    func completed(_ result: RunResult) async -> RunResult { simulation.result(result) }

    func close(_ result: RunResult) async throws {}

    /// A rehearsal leaves nothing but its folder.
    func abandon(_ status: ExitStatus, mayHaveLeft: Bool) async -> ExitStatus {
        try? FileManager.default.removeItem(atPath: options.directory)
        return status
    }

    /// How long cells took in the past; empty if there is no ledger yet.
    private static func history(of plan: Plan, _ state: StateOptions) async -> ExpectedTimes {
        let folder = state.folder(project: plan.project)
        guard FileManager.default.fileExists(atPath: "\(folder)/state.db"), let ledger = try? StateFolder(folder).ledger else {
            return ExpectedTimes()
        }
        return await ExpectedTimes.of(plan, in: ledger)
    }
}
