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
            """
    ).showing([
        "the runs that can be resumed": "matrix resume --list",
        "the only one of them": "matrix resume",
        "one of several": "matrix resume 261128-125516-mbr4 --keep failed",
    ])

    @Argument(
        help: ArgumentHelp("The run's id, as matrix status shows it (default: the only run that can be resumed).", valueName: "run"),
        completion: Complete.interruptedRuns)
    var named: String?

    @Flag(help: "List the runs that can be resumed; as JSON with --format json.")
    var list = false

    @OptionGroup var state: StateOptions

    @Option(
        help: ArgumentHelp("Which cells stay up after the run: never, failed or always (default: the run's).", valueName: "which"),
        completion: Complete.keep, transform: RunCommand.keep)
    var keep: Keep?

    @Option(help: ArgumentHelp("The most cells at once (default: the run's).", valueName: "n"), transform: RunCommand.parallel)
    var parallel: Int?

    @Flag(inversion: .prefixedNo, help: "Stop all cells as soon as one does not pass (default: the run's).")
    var failFast: Bool?

    @Flag(help: "Go on if the terminal is closed (SIGHUP), as under nohup.")
    var detach = false

    @OptionGroup var progress: ProgressOptions

    func validate() throws {
        if list, named != nil { throw ValidationError("--list shows all runs: leave out the run") }
    }

    func run() async throws {
        if list { return try await show(in: StateFolder(state.folder())) }
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
        let status = try await SessionRunner(session: session, progress: display, format: progress.format).run()
        await ReportsAftercare(session, state: chosen).run()
        throw ExitCode(status)
    }

    /// Shows what can be resumed.
    private func show(in folder: StateFolder) async throws {
        let runs = try await resumable(in: folder)
        if progress.format == .json {
            let values = runs.map { run -> Value in
                .map([
                    "run": .string(run.run.value), "matrix": .string(run.matrix), "file": .string(run.file),
                    "started": .string(run.started.description), "reports": .string(run.reports),
                ])
            }
            return Terminal.output(try Terminal.json(Value.list(values)))
        }
        guard !runs.isEmpty else { return Terminal.output("no run can be resumed") }
        let rows = runs.map { [$0.run.value, $0.matrix, $0.started.description, $0.file] }
        Terminal.output(Table(headings: ["RUN", "MATRIX", "STARTED", "FILE"], rows: rows).text)
        for run in runs { Terminal.error("resume it: matrix resume \(run.run)") }
    }

    /// The runs that died, whole ones only.
    private func resumable(in folder: StateFolder) async throws -> [RunRecord] {
        try await folder.ledger.unfinishedRuns().filter { $0.arguments["command"] == nil }
    }

    /// The run that is meant if none is named.
    private func onlyRun(in folder: StateFolder) async throws -> String {
        let runs = try await resumable(in: folder).map(\.run.value)
        guard let run = runs.first else { throw UsageError("no run can be resumed", hint: "see what is up: matrix status") }
        guard runs.count == 1 else {
            throw UsageError(
                "\(runs.count) runs can be resumed", hint: "name one: \(runs.map { "matrix resume \($0)" }.joined(separator: ", "))")
        }
        return run
    }

    private func interrupted(in folder: StateFolder) async throws -> RunRecord {
        let run = if let named { named } else { try await onlyRun(in: folder) }
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
