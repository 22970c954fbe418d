import Foundation
import MatrixChecks
import MatrixCore
import MatrixDeployers
import MatrixEngine
import MatrixRemote
import MatrixReports
import MatrixSimulation

/// One `matrix run --simulate`, wired: the engine and the reports are real, everything that reaches outside is not.
///
/// The ledger is only asked what cells took in the past; the newest report stays the newest.
struct Rehearsal {
    private let parts: EngineDependencies
    private let options: RunOptions
    private let plan: Plan
    private let simulation: Simulation

    init(_ plan: Plan, scenario: Scenario, arguments: RunArguments, progress: any EventSink, redactor: Redactor) async throws {
        let run = RunID.make()
        let expected = await Self.history(of: plan, arguments.state)
        simulation = Simulation(scenario, history: expected.phases)
        self.plan = simulation.plan(plan)
        let reports = try ReportsFolder(arguments.reports, project: plan.project).make(for: run)
        let runner = LocalTransport()
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("solti-matrix-\(run)").path
        parts = simulation.parts(
            of: plan, deployers: try Deployers.all(beside: plan.file, runner: runner).map(\.declaration), checker: CheckRunner(), inventory: AnsibleInventory(),
            events: EventFanOut([progress, try EventFile(in: reports)]), redactor: redactor,
            access: RunAccess(directory: directory, publicKey: "simulated"))
        options = RunOptions(
            run: run, reports: reports, directory: directory, parallel: arguments.parallel, failFast: arguments.failFast,
            environment: RunFacts.environment(of: plan), commit: await RunFacts.commit(plan.project, runner), expected: expected)
    }

    /// Runs as a command does, and prints the result.
    ///
    /// - Returns: the exit status.
    func run(progress: ProgressDisplay, format: ProgressFormat) async throws -> Int32 {
        let control = RunControl()
        let signals = SignalWatch(control: control, ledger: parts.ledger, run: options.run)
        let result = try await progress.shown(heeding: signals) { try await execute(control: control) }
        Terminal.output(try format.text(of: result, reports: options.reports))
        return result.exitStatus
    }

    /// Runs to the end and writes the reports, with the times as they would be in life.
    private func execute(control: RunControl) async throws -> RunResult {
        let result = simulation.result(await Engine(parts).run(plan, options: options, control: control))
        for reporter in ReportCatalogue.all() { _ = try reporter.write(result, into: options.reports) }
        parts.events.emit(Event(.runFinished(exitStatus: result.exitStatus, reports: options.reports)))
        try? FileManager.default.removeItem(atPath: options.directory)
        return result
    }

    /// What cells took in the past; nothing where there is no ledger yet.
    private static func history(of plan: Plan, _ state: StateOptions) async -> ExpectedTimes {
        let folder = state.folder(project: plan.project)
        guard FileManager.default.fileExists(atPath: "\(folder)/state.db"), let ledger = try? StateFolder(folder).ledger else { return ExpectedTimes() }
        return await ExpectedTimes.of(plan, in: ledger)
    }
}
