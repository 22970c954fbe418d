import MatrixCore
import MatrixEngine
import MatrixReports

/// What a ``SessionRunner`` runs: a plan with its parts, and the work before and after.
protocol Session: Sendable {
    var plan: Plan { get }
    var parts: EngineDependencies { get }
    var options: RunOptions { get }
    /// Whether its report becomes `latest`, which `--only-failed` reads.
    var isNewest: Bool { get }
    /// What runs when it has ended; nil for nothing.
    var after: AfterCommand? { get }

    /// Prepares and cleans up what is outside the run, before and after `work`.
    func surround<R>(_ progress: ProgressDisplay, _ work: () async throws -> R) async throws -> R
    /// The engine's result, completed for the reports.
    func completed(_ result: RunResult) async -> RunResult
    /// Ends the run on the ledger. Called again if the status was raised since.
    func close(_ result: RunResult) async throws
    /// Says what a second signal leaves behind.
    ///
    /// - Parameters:
    ///   - status: the first signal's.
    ///   - mayHaveLeft: whether a platform was asked for anything yet.
    /// - Returns: the status that the process ends with.
    func abandon(_ status: ExitStatus, mayHaveLeft: Bool) async -> ExitStatus
}

extension Session {
    var after: AfterCommand? { nil }
}

/// Runs a session for a command: handles signals, shows progress, writes reports, prints the result.
struct SessionRunner {
    let session: any Session
    let progress: ProgressDisplay
    let format: ProgressFormat
    var reports = ReportWriter()

    /// - Returns: the exit status.
    func run() async throws -> ExitStatus {
        let control = RunControl()
        let drafts = drafts
        let first = drafts.begin()
        if session.isNewest { first.pointLatest() }
        let (result, written) = try await progress.shown(watching: signals(control)) {
            try await session.surround(progress) { await execute(control, drafts) }
        }
        // The plan's warnings were shown before the run; errors are in the last lines.
        for warning in result.warnings.dropFirst(session.plan.warnings.count) where warning.severity == .warning || format == .json {
            Terminal.error(warning.description)
        }
        let text = try written.text(of: result, asJSON: format == .json)
        Terminal.output(format.resolved == .github ? WorkflowCommand.harmless(text) : text)
        // A run that a signal ended is not over: matrix resume goes on with it.
        if let after = session.after, result.interruption == nil { await after.runToEnd(after: result, in: session.options.reports) }
        return result.exitStatus
    }

    private var drafts: ReportDrafts {
        ReportDrafts(
            run: RunSoFar(session.plan, parts: session.parts, options: session.options), folder: session.options.reports, writer: reports)
    }

    /// Runs to the end. Ends the run on the ledger first, because reports include failures of that; and again if a report fails.
    func execute(_ control: RunControl = RunControl()) async -> (RunResult, WrittenReports) { await execute(control, drafts) }

    private func execute(_ control: RunControl, _ drafts: ReportDrafts) async -> (RunResult, WrittenReports) {
        let engine = Engine(session.parts)
        let ended = await drafts.kept {
            await engine.run(session.plan, options: session.options, control: control, soFar: drafts.run)
        }
        var result = await session.completed(ended)
        await close(&result)
        let closed = result.exitStatus
        let written = reports.write(&result, into: session.options.reports)
        if result.exitStatus != closed { await close(&result) }
        if session.isNewest, let problem = written.pointLatest() {
            result.warnings.append(Diagnostic(.warning, at: nil, problem))
        }
        session.parts.events.emit(Event(.runFinished(exitStatus: result.exitStatus, reports: session.options.reports)))
        return (result, written)
    }

    /// A ledger that can no longer be written changes neither verdicts nor leaks.
    private func close(_ result: inout RunResult) async {
        do {
            try await session.close(result)
        } catch {
            result.fail(because: "the ledger could not be written at the end: \(session.parts.redactor.redact("\(error)"))")
        }
    }

    private func signals(_ control: RunControl) -> SignalWatch {
        SignalWatch {
            control.stop(.signal(name: $0.signalName, exitStatus: $0))
        } abandon: { [session] in
            await session.abandon($0, mayHaveLeft: control.touchesPlatforms)
        }
    }
}
