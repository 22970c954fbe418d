import Foundation
import MatrixChecks
import MatrixCore
import MatrixDeployers
import MatrixEngine
import MatrixFile
import MatrixLedger
import MatrixProvision
import MatrixRemote
import MatrixReports

/// Everything that one `matrix run` needs, wired: folders, keys, ledger, platforms, progress.
struct RunSession {
    /// How many earlier runs a report shows.
    static let pastRuns = 12

    let plan: Plan
    let run: RunID
    let state: StateFolder
    let reports: String
    let redactor: Redactor
    let parts: EngineDependencies
    var options: RunOptions
    /// Whether it is a whole run, with a place in the history, rather than one phase of kept cells.
    let isWhole: Bool

    /// Prepares a run; nothing outside is created.
    ///
    /// - Parameter continuing: the run of an earlier process that is gone on with, which is this process's then.
    /// - Throws: `UsageError` for what the user can put right.
    init(
        _ plan: Plan, arguments: RunArguments, continuing: Continuation? = nil, progress: any EventSink, redactor: Redactor
    ) async throws {
        let runner = LocalTransport()
        let secrets = try await SecretResolver(runner: runner, environment: ProcessInfo.processInfo.environment)
            .resolve(plan.secrets.values.sorted { $0.name < $1.name })
        secrets.values.forEach(redactor.hide)
        let run = continuing?.record.run ?? RunID.make()
        let state = try StateFolder(arguments.state.folder(project: plan.project))
        let directory = state.directory(of: run)
        let access: RunAccess
        let reports: String
        let platforms: [String: any Platform]
        do {
            _ = try state.makeDirectory(of: run)
            SecretStore(in: directory).secrets().values.forEach(redactor.hide)
            access = try await RunKeys.make(for: run, in: directory, using: runner)
            platforms = try await PlatformMaker(state, redactor: redactor).make(plan, access: access)
            if continuing == nil, plan.budget != nil { try await CostEstimate.of(plan, platforms: platforms).check(plan.budget) }
            reports =
                try continuing.map { try ReportsFolder.make($0.reports) } ?? ReportsFolder(arguments.reports, project: plan.project).make(for: run)
        } catch {
            if continuing == nil { state.removeDirectory(of: run) }
            throw error
        }
        self.plan = plan
        self.run = run
        self.state = state
        self.reports = reports
        self.redactor = redactor
        parts = EngineDependencies(
            platforms: platforms, ledger: state.ledger, connector: SSHConnector(controlDirectory: directory), provisioner: HostProvisioner(),
            deployers: try Deployers.all(beside: plan.file, runner: runner), checker: CheckRunner(), inventory: AnsibleInventory(),
            events: EventFanOut([progress, try EventFile(in: reports)]), redactor: redactor, secrets: secrets, access: access)
        options = RunOptions(
            run: run, reports: reports, directory: directory, parallel: arguments.parallel, keep: arguments.keep ?? plan.keep,
            failFast: arguments.failFast, environment: RunFacts.environment(of: plan), commit: await RunFacts.commit(plan.project, runner),
            expected: await ExpectedTimes.of(plan, in: state.ledger))
        isWhole = continuing?.isWhole ?? (arguments.command == nil)
        let fresh = RunRecord(
            run: run, matrix: plan.name, file: Paths.absolute(plan.file), started: .now, owner: .current(),
            platforms: PlatformMaker.records(of: plan), reports: reports, arguments: arguments.recorded)
        try await state.ledger.begin(continuing?.record(with: fresh) ?? fresh)
    }

    /// Runs to the end, writes the reports and closes the run on the ledger.
    func execute(control: RunControl) async throws -> RunResult {
        var result = await Engine(parts).run(plan, options: options, control: control)
        // What came before is worth having, but no run fails for the lack of it.
        if isWhole { result.past = try? await state.history.pastRuns(of: result.matrix, before: result.started, except: run, limit: Self.pastRuns) }
        do {
            try writeReports(result)
        } catch {
            // The verdict stands; that nobody can read it in a file is an infrastructure error of its own.
            Terminal.problem("the reports could not be written: \(error)")
            if result.exitStatus < 3 { result.exitStatus = 3 }
        }
        parts.events.emit(Event(.runFinished(exitStatus: result.exitStatus, reports: reports)))
        await close(&result)
        return result
    }

    /// Closes the run on the ledger; that the ledger cannot be written any more changes neither verdicts nor what is said of leaks.
    private func close(_ result: inout RunResult) async {
        do {
            if isWhole { try await state.ledger.remember(result) }
            try await state.ledger.end(run, exitStatus: result.exitStatus)
            try await state.prune()
            let isClean = try await !state.ledger.open().contains { $0.resource.run == run }
            if isClean { state.removeDirectory(of: run) }
        } catch {
            Terminal.problem("the ledger could not be written at the end: \(error)")
            if result.exitStatus < 3 { result.exitStatus = 3 }
        }
    }

    private func writeReports(_ result: RunResult) throws {
        for reporter in ReportCatalogue.all() { _ = try reporter.write(result, into: reports) }
        // One phase of some cells is no matrix's newest report: --only-failed goes by that.
        if isWhole { ReportsFolder.pointLatest(at: reports) }
    }
}

/// What the command line of `matrix run` says beside the selection.
struct RunArguments {
    var keep: Keep?
    var parallel: Int?
    var failFast: Bool
    var reports: String?
    var state: StateOptions
    var selection = Selection()
    /// The command that is not `run`: `create`.
    var command: String?

    /// What a later process that goes on with the run needs of it.
    var recorded: [String: [String]] {
        var options: [String: [String]] = [
            "cell": selection.cells, "where": selection.conditions, "set": selection.settings, "tags": selection.tags,
        ]
        options["shard"] = selection.shard.map { ["\($0.index)/\($0.count)"] }
        options["keep"] = keep.map { [$0.rawValue] }
        options["parallel"] = parallel.map { ["\($0)"] }
        options["fail-fast"] = failFast ? ["true"] : nil
        options["command"] = command.map { [$0] }
        return options.filter { !$0.value.isEmpty }
    }

    /// The options that a run was begun with.
    ///
    /// - Parameter state: where the process that goes on with it finds the run.
    init(recorded arguments: [String: [String]], state: StateOptions) {
        self.init(
            keep: arguments["keep"]?.first.flatMap { Keep(rawValue: $0) }, parallel: arguments["parallel"]?.first.flatMap { Int($0) },
            failFast: arguments["fail-fast"]?.first == "true", state: state, selection: Selection(recorded: arguments))
    }

    init(
        keep: Keep? = nil, parallel: Int? = nil, failFast: Bool, reports: String? = nil, state: StateOptions, selection: Selection = Selection(),
        command: String? = nil
    ) {
        self.keep = keep
        self.parallel = parallel
        self.failFast = failFast
        self.reports = reports
        self.state = state
        self.selection = selection
        self.command = command
    }
}

extension Selection {
    /// The selection that a run was begun with.
    init(recorded arguments: [String: [String]]) {
        self.init(
            cells: arguments["cell"] ?? [], conditions: arguments["where"] ?? [], settings: arguments["set"] ?? [], tags: arguments["tags"] ?? [],
            shard: arguments["shard"]?.first.flatMap { ShardChoice($0) })
    }
}
