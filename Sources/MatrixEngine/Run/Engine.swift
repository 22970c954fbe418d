public import MatrixCore
internal import Synchronization

/// Runs a plan: all its cells in parallel under the limits, independent of each other, and takes everything down again.
public struct Engine: Sendable {
    let parts: EngineDependencies

    public init(_ parts: EngineDependencies) {
        self.parts = parts
    }

    /// Runs the plan to its end and returns what happened. If `control` stops it, everything is still taken down.
    ///
    /// Never throws: what goes wrong is part of the result. The result is free of secrets.
    ///
    /// - Parameter soFar: is told of each cell that has ended.
    public func run(
        _ plan: Plan, options: RunOptions, control: RunControl = RunControl(), soFar: RunSoFar? = nil
    ) async -> RunResult {
        await Redactor.$current.withValue(parts.redactor) { await result(of: plan, options: options, control: control, soFar: soFar) }
    }

    private func result(of plan: Plan, options: RunOptions, control: RunControl, soFar: RunSoFar?) async -> RunResult {
        let started = Timestamp.now
        parts.events.emit(Event(.runStarted(matrix: plan.name, cells: plan.cells.map(\.name), notSelected: plan.notSelected.count)))
        // The task keeps its value as long as somebody may stop it: the results of many cells are not its value.
        let endings = CellEndings()
        let work = Task {
            let (preflight, cells) = await runCells(plan, options: options, control: control, soFar: soFar)
            endings.set(cells)
            return preflight
        }
        control.onStop { [events = parts.events] reason in
            events.emit(Event(.stopping(because: reason.text)))
            work.cancel()
        }
        let preflight = await work.value
        let (kept, leaks, entrances) = (endings.kept, endings.leaks, endings.entrances)
        // The ledger lists what a cell could not remove as leaked: the sweep tries once more and decides. If no platform was asked for
        // anything, it has nothing of this run, and one that does not answer holds nobody up.
        let hasBegun = control.touchesPlatforms || !options.starts.isEmpty
        let swept = hasBegun ? await sweep(plan, options: options, kept: kept) : Swept()
        _ = await mapConcurrently(Array(parts.platforms.values), limit: max(1, parts.platforms.count)) { await $0.close() }
        Folder.remove("\(options.directory)/scratch")
        var result = RunResult(
            run: options.run, matrix: plan.name, file: plan.file, started: started, finished: .now, commit: options.commit, axes: plan.axes,
            cells: endings.take { $0.result(after: swept) }, notSelected: plan.notSelected, selection: plan.selection,
            warnings: plan.warnings + preflight.warnings + swept.warnings, leaks: swept.leaks(with: leaks),
            kept: kept, environment: options.environment, shard: plan.shard)
        result.entrances = entrances.isEmpty ? nil : entrances
        result.warnings += chargeWarnings(result.kept, result.leaks, of: plan)
        for leak in result.leaks { parts.events.emit(Event(cell: leak.resource.cell, .resourceLeaked(leak))) }
        if case .signal(_, let status) = control.reason { result.interruption = status }
        result.exitStatus = ExitStatus.of(result.cells, leaks: result.leaks, signal: result.interruption)
        result.interrupted = result.interruption != nil
        parts.redactor.redact(&result)
        return result
    }

    /// Asks the platforms, and meanwhile runs the cells that are certain to be possible.
    private func runCells(
        _ plan: Plan, options: RunOptions, control: RunControl, soFar: RunSoFar?
    ) async -> (Preflight.Findings, [CellRun.Ending]) {
        let gate = PreflightGate()
        let preflight = Preflight(plan: plan.beginning(options.starts), platforms: parts.platforms)
        let asked = Set(preflight.plan.cells.map(\.name))
        // Cells that are up already are not asked about.
        for cell in plan.cells where !asked.contains(cell.name) { gate.open(cell.name) }
        let asking = Task { [events = parts.events] in
            let findings = await preflight.run {
                gate.open($0)
            } waiting: {
                events.emit(Event(.waiting("asking what the cells need: \($0.joined(separator: ", "))")))
            }
            gate.finish(findings)
            return findings
        }
        return await withTaskCancellationHandler {
            let endings = await runCells(plan, options: options, control: control, gate: gate, soFar: soFar)
            // Nobody waits any more for what has not answered.
            asking.cancel()
            return (await asking.value, endings)
        } onCancel: {
            asking.cancel()
        }
    }

    private func runCells(
        _ plan: Plan, options: RunOptions, control: RunControl, gate: PreflightGate, soFar: RunSoFar?
    ) async -> [CellRun.Ending] {
        let creating = KeyedSemaphores { plan.limits.creates[$0] }
        let expires = plan.expires.map { Timestamp.wall + $0 }
        let queued = Timestamp.now
        let parallel = [plan.limits.parallel, options.parallel].compactMap(\.self).min() ?? plan.cells.count
        var schedule = Schedule(
            options.expected.longestFirst(plan.cells), platforms: plan.cells.map(\.platform), limits: plan.limits, parallel: parallel)
        return await withTaskGroup(of: (Int, CellRun.Ending).self) { group in
            func startWhatMay() {
                while let index = schedule.next() {
                    group.addTask { [self] in
                        let cell = plan.cells[index]
                        let refusal = await gate.refusal(of: cell.name)
                        guard control.reason != nil || refusal == nil, let platform = parts.platforms[cell.platform] else {
                            // A cell that is up already is not left out.
                            let absent = plan.absent[cell.platform].map { Preflight.Refusal(cell.platform, $0, isSkipped: false) }
                            return (index, refused(cell, refusal ?? absent, options, control, queued: queued))
                        }
                        let run = CellRun(
                            cell, parts: parts, options: options, platform: platform, creating: creating[platform.name], control: control,
                            expires: expires)
                        return (index, await run.run(queued: queued))
                    }
                }
            }
            startWhatMay()
            var endings = [CellRun.Ending?](repeating: nil, count: plan.cells.count)
            for await (index, ending) in group {
                endings[index] = ending
                soFar?.add(ending.result)
                schedule.finish(index)
                startWhatMay()
            }
            return endings.compactMap(\.self)
        }
    }

    /// A cell that does not begin: the preflight found what it lacks.
    private func refused(
        _ cell: CellPlan, _ refusal: Preflight.Refusal?, _ options: RunOptions, _ control: RunControl, queued: Timestamp
    ) -> CellRun.Ending {
        let now = Timestamp.now
        let refusal = refusal ?? Preflight.Refusal(isSkipped: false, message: "platform \(cell.platform) is not there", next: nil)
        let planned = PlannedCases(
            of: cell, checker: parts.checker, deployers: parts.deployers, isCluster: parts.platforms[cell.platform] is any ClusterPlatform)
        let commands = LastingCommands(
            cell: cell.name, run: options.run, again: options.again, options: options.environment["options"])
        let record = CellRecord(cell, planned: planned, parts: parts, commands: commands)
        let create = CaseResult(
            phase: .create, step: "create", name: "create", outcome: refusal.isSkipped ? .skipped : .error, started: now, seconds: 0,
            message: refusal.message, detail: refusal.detail, type: refusal.isSkipped ? nil : ProblemType.createUnavailable.rawValue)
        record.add(create)
        if !refusal.isSkipped, options.failFast, !cell.experimental { control.stop(.failFast(cell: cell.name)) }
        let outcome: Outcome = refusal.isSkipped ? .skipped : .error
        let result = CellResult(
            name: cell.name, point: cell.point, platform: cell.platform, experimental: cell.experimental, outcome: outcome, queued: queued,
            started: now, finished: now,
            cases: planned.completed(with: record.cases, reason: "not run: \(create.message ?? "")", at: now))
        record.emit(.cellFinished(outcome, message: create.message))
        return CellRun.Ending(result: result, leaks: [], kept: [])
    }
}

/// What became of a run's cells, held by the run alone.
private final class CellEndings: Sendable {
    private let all = Mutex<[CellRun.Ending]>([])

    func set(_ endings: [CellRun.Ending]) { all.withLock { $0 = endings } }

    var kept: [Resource] { all.withLock { $0.flatMap(\.kept) } }
    var entrances: [Entrance] { all.withLock { $0.flatMap(\.entrances) } }
    var leaks: [Leak] { all.withLock { $0.flatMap(\.leaks) } }

    /// Hands the results over and forgets them.
    func take(_ result: (CellRun.Ending) -> CellResult) -> [CellResult] {
        let endings = all.withLock { endings in
            defer { endings = [] }
            return endings
        }
        return endings.map(result)
    }
}

extension Plan {
    /// The plan with only the cells that are still to be created.
    fileprivate func beginning(_ starts: [String: CellStart]) -> Plan {
        var plan = self
        plan.cells.removeAll { starts[$0.name].map { !$0.phases.contains(.create) } ?? false }
        return plan
    }
}
