import Foundation
import MatrixChecks
import MatrixCore
import MatrixDeployers
import MatrixEngine
import MatrixFile
import MatrixLedger
import MatrixProvision
import MatrixRemote
import MatrixWeb

/// The parts of one `matrix run`: folders, keys, ledger, platforms, progress.
struct RunSession: Session {
    /// How many earlier runs a report shows.
    static let pastRuns = 12

    let plan: Plan
    let state: StateFolder
    let parts: EngineDependencies
    var options: RunOptions
    /// Whether it is a whole run, which is in the history, rather than one phase of kept cells.
    let isWhole: Bool
    /// The phase of a staged verb; nil for a whole run.
    private let stage: Phase?
    private let runner: any Transport
    /// Whether the report gets the logs even if nothing went wrong.
    private let isRecorded: Bool

    /// Prepares a run; nothing outside is created.
    ///
    /// - Parameter continuing: the run of an earlier process to continue. This process becomes its owner.
    /// - Throws: `UsageError` for what the user can correct.
    init(
        _ plan: Plan, arguments: RunArguments, continuing: ResumedRun? = nil, progress: any EventSink, redactor: Redactor
    ) async throws {
        let runner = try await Runner.transport(for: plan)
        try await RequirementCheck(plan.requirements, named: plan.ansible, runner: runner).require()
        let secrets = try await PlanSecrets.resolve(plan, using: runner)
        secrets.matrix.values.forEach(redactor.hide)
        var plan = plan
        let warnings = secrets.warnings(of: plan)
        for warning in warnings { Terminal.error(warning.description) }
        plan.warnings += warnings
        let run = continuing?.record.run ?? RunID.make()
        let state = try StateFolder(arguments.state.folder(project: plan.project))
        let directory = state.directory(of: run)
        let isNew = continuing == nil
        let starting = SignalWatch { status in
            // Nothing outside exists yet.
            if isNew { state.removeDirectory(of: run) }
            exit(status.rawValue)
        } abandon: {
            $0
        }
        let (reports, platforms) = try await starting.watch { () async throws -> (String, [String: any Platform]) in
            do {
                DebugLog.shared.open(in: try state.makeDirectory(of: run), redactor: redactor)
                SecretStore(in: directory).secrets().values.forEach(redactor.hide)
                let access = try await RunKeys.make(for: run, in: directory, using: runner)
                let exchanges = arguments.record ? ExchangeLog(in: directory, redactor: redactor) : nil
                let platforms = try await PlatformMaker(state: state, redactor: redactor, runner: runner, exchanges: exchanges)
                    .make(plan, access: access, secrets: secrets.platforms)
                if isNew, plan.budget != nil { try await CostEstimate.of(plan, platforms: platforms).check(plan.budget) }
                let reports =
                    try continuing.map { try ReportsFolder.make($0.reports) }
                    ?? ReportsFolder(arguments.reports, project: plan.project).make(for: run)
                return (reports, platforms)
            } catch {
                if isNew { state.removeDirectory(of: run) }
                throw error
            }
        }
        self.plan = plan
        self.state = state
        isRecorded = arguments.record
        parts = EngineDependencies(
            platforms: platforms, ledger: state.ledger,
            connector: SSHConnector(controlDirectory: directory, keyExchange: plan.keyExchange),
            provisioner: HostProvisioner(),
            deployers: try Deployers.all(beside: plan.file, runner: runner), checker: CheckRunner(evidence: plan.evidence),
            inventory: AnsibleInventory(),
            events: EventFanOut(sinks: [progress, try EventFile(in: reports)]), redactor: redactor, secrets: secrets.matrix,
            surveyor: HostSurveyor())
        options = RunOptions(
            run: run, reports: reports, directory: directory, parallel: arguments.parallel, keep: arguments.keep ?? plan.keep,
            failFast: arguments.failFast, environment: RunFacts.environment(of: plan), commit: await RunFacts.commit(plan.project, runner),
            again: arguments.again(plan.file), expected: await ExpectedTimes.of(plan, in: state.ledger))
        self.runner = runner
        stage = arguments.command.flatMap(Phase.init)
        isWhole = continuing?.isWhole ?? (arguments.command == nil)
        let fresh = RunRecord(
            run: run, matrix: plan.name, file: Paths.absolute(plan.file), started: .now, owner: .current(),
            platforms: PlatformMaker.records(of: plan), reports: reports, arguments: arguments.recorded)
        try await state.begin(continuing?.record(with: fresh) ?? fresh)
    }

    /// Of shards, the merge runs it.
    var after: AfterCommand? {
        guard let command = plan.after, plan.shard == nil, isWhole || stage.map(command.stages.contains) == true else { return nil }
        return AfterCommand(command: command, secrets: parts.secrets, redactor: parts.redactor, runner: runner)
    }

    /// Single-phase commands leave `latest` alone: `--only-failed` reads it.
    var isNewest: Bool { isWhole }

    /// Removes what dead runs left behind: before the run, and again after it if a create of theirs could still be in progress.
    func surround<R>(_ progress: ProgressDisplay, _ work: () async throws -> R) async throws -> R {
        let reaping = Reaping(state: state, redactor: parts.redactor)
        let isPending = try await reaping.sweepDeadRuns()
        progress.expect(options.expected.seconds)
        let result = try await work()
        if isPending { _ = try? await reaping.sweepDeadRuns() }
        return result
    }

    /// Adds the earlier runs. Failing to read them does not fail the run.
    func completed(_ result: RunResult) async -> RunResult {
        var result = result
        StateHint.shared.complete(&result)
        attachDebugLog(to: &result)
        guard isWhole else { return result }
        result.past = try? await state.history.pastRuns(of: result.matrix, before: result.started, except: result.run, limit: Self.pastRuns)
        return result
    }

    /// With an error a maintainer wants to see what was asked of whom; the run's folder may be gone by then.
    private func attachDebugLog(to result: inout RunResult) {
        let isBad = !result.leaks.isEmpty || result.cells.contains { $0.outcome == .error }
        if isRecorded { keepInReport(ExchangeLog.fileName) }
        guard isBad || isRecorded, keepInReport(DebugLog.fileName) else { return }
        for cell in result.cells.indices {
            for number in result.cells[cell].cases.indices where result.cells[cell].cases[number].outcome == .error {
                result.cells[cell].cases[number].attachments.append(DebugLog.fileName)
            }
        }
    }

    /// Copies a file of the run's folder into the report.
    @discardableResult
    private func keepInReport(_ name: String) -> Bool {
        let copy = URL(fileURLWithPath: options.reports).appendingPathComponent(name)
        // A copy of an earlier process of this run is older.
        try? FileManager.default.removeItem(at: copy)
        let file = URL(fileURLWithPath: options.directory).appendingPathComponent(name)
        return (try? FileManager.default.copyItem(at: file, to: copy)) != nil
    }

    func close(_ result: RunResult) async throws {
        if isWhole { try await state.ledger.remember(result) }
        try await state.ledger.end(result.run, exitStatus: result.exitStatus)
        try await state.prune()
        let isClean = try await !state.ledger.open().contains { $0.resource.run == result.run }
        if isClean { state.removeDirectory(of: result.run) }
    }

    func abandon(_ status: ExitStatus, mayHaveLeft: Bool) async -> ExitStatus {
        let run = options.run
        let open = try? await state.ledger.open()
        let left = (open ?? []).filter { $0.resource.run == run && $0.state != .kept }
        if let open, left.isEmpty, !mayHaveLeft {
            try? await state.ledger.end(run, exitStatus: status)
            if !open.contains(where: { $0.resource.run == run }) { state.removeDirectory(of: run) }
            return status
        }
        // The run stays open on the ledger: the next process asks its platforms, also for what has no lease.
        Terminal.error("\nabandoned: \(left.isEmpty ? "what the platforms were preparing may be left behind" : "these may be left behind")")
        for lease in left {
            try? await state.ledger.leaked(lease.id, why: "abandoned by a second signal")
            let id = lease.resource.id.isEmpty ? "no id yet" : "id \(lease.resource.shortID)"
            Terminal.error("    \(lease.resource.kind) \(lease.resource.name) (\(id)) on \(lease.resource.platform)")
        }
        Terminal.error("remove \(left.isEmpty ? "it" : "them"): matrix reap --run \(run) --yes")
        return .leaked
    }
}
