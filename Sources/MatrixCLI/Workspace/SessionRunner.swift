import MatrixCore
import MatrixEngine

/// Runs a session as a command does: signals are heeded, dead runs' remains taken back, progress shown, the result printed.
struct SessionRunner {
    let session: RunSession
    let progress: ProgressDisplay
    let format: ProgressFormat

    /// - Returns: the exit status.
    func run() async throws -> Int32 {
        let result = try await execute()
        // Those of the plan were shown before the run.
        for warning in result.warnings.dropFirst(session.plan.warnings.count) { Terminal.error(warning.description) }
        Terminal.output(try format.text(of: result, reports: session.reports))
        return result.exitStatus
    }

    private func execute() async throws -> RunResult {
        let control = RunControl()
        let reaping = Reaping(state: session.state, redactor: session.redactor)
        let signals = SignalWatch(control: control, ledger: session.state.ledger, run: session.run)
        return try await progress.shown(heeding: signals) {
            let isPending = try await reaping.sweepDeadRuns()
            progress.expect(session.options.expected.seconds)
            let result = try await session.execute(control: control)
            // What a killed run's create could not have made yet by then.
            if isPending { _ = try? await reaping.sweepDeadRuns() }
            return result
        }
    }
}
