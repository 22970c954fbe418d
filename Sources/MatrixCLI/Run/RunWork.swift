import MatrixCore
import MatrixEngine
import MatrixSimulation

/// What one `matrix run` does with a plan, from its session to its report. A series of runs does it again and again.
struct RunWork {
    var arguments: RunArguments
    /// Nil for a run that is real.
    let scenario: Scenario?
    let progress: ProgressOptions
    /// Whether standard output is left to the caller.
    var isQuiet = false

    /// How the page is served meanwhile; nil if it is not.
    var page: UIProcess.Choice?

    /// Asked before a cell that has failed is taken down.
    var stop: (any FailureStop)?

    /// What happened, and the folder of the report.
    struct Ending {
        var result: RunResult
        var reports: String
    }

    /// Runs a plan to its end.
    func run(_ plan: Plan) async throws -> Ending {
        // A grid would be drawn over the shell.
        let display = stop == nil ? progress.display : ProgressDisplay(.plain, isVerbose: progress.verbose)
        let session = try await session(plan, display)
        let runner = SessionRunner(session: session, progress: display, format: progress.format, isQuiet: isQuiet)
        let result = try await served(session.options.reports, of: plan) { try await runner.result() }
        await ReportsAftercare(session, state: scenario == nil ? arguments.state : nil).run()
        return Ending(result: result, reports: session.options.reports)
    }

    private func served<R: Sendable>(_ report: String, of plan: Plan, _ work: () async throws -> R) async throws -> R {
        guard let page else { return try await work() }
        return try await UIProcess(report: report, state: arguments.state.folder(project: plan.project), choice: page).beside(work)
    }

    private func session(_ plan: Plan, _ display: ProgressDisplay) async throws -> any Session {
        if let scenario {
            return try await Rehearsal(
                plan, scenario: scenario, arguments: arguments, progress: display.sink, redactor: Terminal.redactor)
        }
        var session = try await RunSession(plan, arguments: arguments, progress: display.sink, redactor: Terminal.redactor)
        session.options.stop = stop
        return session
    }
}
