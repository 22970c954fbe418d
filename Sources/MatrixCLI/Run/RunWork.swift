import MatrixCore
import MatrixEngine
import MatrixSimulation

/// What one `matrix run` does with a plan, from its session to its report. A series of runs does it again and again.
struct RunWork {
    let arguments: RunArguments
    /// Nil for a run that is real.
    let scenario: Scenario?
    let progress: ProgressOptions
    /// Whether standard output is left to the caller.
    var isQuiet = false

    /// How the page is served meanwhile; nil if it is not.
    var page: UIProcess.Choice?

    /// What happened, and the folder of the report.
    struct Ending {
        var result: RunResult
        var reports: String
    }

    /// Runs a plan to its end.
    func run(_ plan: Plan) async throws -> Ending {
        let display = progress.display
        let session: any Session =
            if let scenario {
                try await Rehearsal(plan, scenario: scenario, arguments: arguments, progress: display.sink, redactor: Terminal.redactor)
            } else {
                try await RunSession(plan, arguments: arguments, progress: display.sink, redactor: Terminal.redactor)
            }
        let runner = SessionRunner(session: session, progress: display, format: progress.format, isQuiet: isQuiet)
        let result = try await served(session.options.reports, of: plan) { try await runner.result() }
        await ReportsAftercare(session, state: scenario == nil ? arguments.state : nil).run()
        return Ending(result: result, reports: session.options.reports)
    }

    private func served<R: Sendable>(_ report: String, of plan: Plan, _ work: () async throws -> R) async throws -> R {
        guard let page else { return try await work() }
        return try await UIProcess(report: report, state: arguments.state.folder(project: plan.project), choice: page).beside(work)
    }
}
