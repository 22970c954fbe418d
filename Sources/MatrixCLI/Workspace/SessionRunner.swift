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
        Terminal.output(try rendered(result))
        return result.exitStatus
    }

    private func execute() async throws -> RunResult {
        let control = RunControl()
        let watch = Task { await SignalWatch(control: control, ledger: session.state.ledger, run: session.run).watch() }
        defer { watch.cancel() }
        let reaping = Reaping(state: session.state, redactor: session.redactor)
        let isPending = try await reaping.sweepDeadRuns()
        progress.expect(await session.expectedSeconds())
        let animation = Task { await progress.animate() }
        let result: Result<RunResult, any Error>
        do { result = .success(try await session.execute(control: control)) } catch { result = .failure(error) }
        animation.cancel()
        await animation.value
        // What a killed run's create could not have made yet by then.
        if isPending { _ = try? await reaping.sweepDeadRuns() }
        return try result.get()
    }

    private func rendered(_ result: RunResult) throws -> String {
        let text =
            format == .json
            ? String(decoding: try JSON.encode(result, pretty: true), as: UTF8.self)
            : RunSummary(result: result, reports: session.reports, coloured: Terminal.hasColourOnOutput).text
        return session.redactor.redact(text)
    }
}
