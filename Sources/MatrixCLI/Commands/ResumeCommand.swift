import ArgumentParser
import MatrixCore
import MatrixEngine
import MatrixFile

/// `matrix resume RUN`.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Continue an interrupted run, each cell at the phase that it had reached.",
        discussion: """
            Finished cells keep their verdicts. A cell that was destroyed, or does not answer, starts again. The report is that of the \
            whole run. It uses the options of the run (--cell, --where, --set, --tags, --shard, --keep, --parallel, --fail-fast); the \
            last three may be given again.
            """)

    @Argument(help: "The run's id, as matrix status shows it.")
    var run: String

    @OptionGroup var state: StateOptions

    @Option(
        help: ArgumentHelp("Which cells stay up after the run: never, failed or always (default: the run's).", valueName: "which"),
        transform: RunCommand.keep)
    var keep: Keep?

    @Option(help: ArgumentHelp("The most cells at once (default: the run's).", valueName: "n"), transform: RunCommand.parallel)
    var parallel: Int?

    @Flag(inversion: .prefixedNo, help: "Stop all cells as soon as one does not pass (default: the run's).")
    var failFast: Bool?

    @Flag(help: "Go on if the terminal is closed (SIGHUP), as under nohup.")
    var detach = false

    @OptionGroup var progress: ProgressOptions

    func run() async throws {
        if detach { SignalWatch.ignoreHangUp() }
        let folder = try StateFolder(state.folder())
        let record = try await interrupted(in: folder)
        var chosen = state
        chosen.state = folder.path
        var arguments = RunArguments(recorded: record.arguments, state: chosen)
        arguments.keep = keep ?? arguments.keep
        arguments.parallel = parallel ?? arguments.parallel
        arguments.failFast = failFast ?? arguments.failFast
        let plan = try MatrixSource.load(record.file, arguments.selection)
        for warning in plan.warnings { Terminal.error(warning.description) }
        let display = progress.display
        let continuing = ResumedRun(record: record, reports: record.reports, isWhole: true)
        var session = try await RunSession(
            plan, arguments: arguments, continuing: continuing, progress: display.sink, redactor: Terminal.redactor)
        // From here on this process owns the run.
        session.options.starts = try await starts(plan, of: record.run, in: folder)
        throw ExitCode(try await SessionRunner(session: session, progress: display, format: progress.format).run())
    }

    private func interrupted(in folder: StateFolder) async throws -> RunRecord {
        guard let record = try await folder.ledger.run(RunID(run)) else {
            let others = try await folder.ledger.unfinishedRuns().map(\.run.value)
            let hint =
                others.isEmpty
                ? "no run there was interrupted; another state folder is named by --state"
                : "these were interrupted: \(others.joined(separator: ", ")); continue one with: matrix resume \(others[0])"
            throw UsageError("the ledger in \(folder.path) knows no run \(run)", hint: hint)
        }
        if let command = record.arguments["command"]?.first {
            throw UsageError(
                "run \(run) was made by matrix \(command)",
                hint: "continue its cells: matrix deploy \(ShellQuoting.quote(record.file)), or provision, or verify")
        }
        if let status = record.exitStatus, !status.isInterruption {
            throw UsageError(
                "run \(run) was not interrupted: it ended with status \(status.rawValue)",
                hint: "run what failed again: matrix run \(ShellQuoting.quote(record.file)) --only-failed")
        }
        return record
    }

    private func starts(_ plan: Plan, of run: RunID, in folder: StateFolder) async throws -> [String: CellStart] {
        let leases = Dictionary(grouping: try await folder.ledger.open().filter { $0.resource.run == run }, by: \.resource.cell)
        let progress = try await folder.ledger.progress(of: run)
        let starts = plan.cells.map { ($0.name, CellStart.resumed(leases: leases[$0.name] ?? [], past: progress[$0.name] ?? [])) }
        for (name, start) in starts {
            let next = Phase.allCases.first { start.phases.contains($0) }
            Terminal.error("\(name): \(next.map { $0 == .create ? "starts again" : "continues at \($0.rawValue)" } ?? "is finished")")
        }
        return Dictionary(starts) { first, _ in first }
    }
}
