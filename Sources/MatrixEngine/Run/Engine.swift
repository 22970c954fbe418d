public import MatrixCore

/// Runs a plan: all its cells in parallel under the limits, whatever happens in each, and takes everything down again.
public struct Engine: Sendable {
    let parts: Parts

    public init(_ parts: Parts) {
        self.parts = parts
    }

    /// Runs the plan to its end and returns what happened; stopping it through `control` still takes everything down.
    ///
    /// Never throws: what goes wrong is part of the result.
    public func run(_ plan: Plan, options: RunOptions, control: RunControl = RunControl()) async -> RunResult {
        let started = Timestamp.now
        parts.events.emit(Event(.runStarted(matrix: plan.name, cells: plan.cells.map(\.name), notSelected: plan.notSelected.count)))
        let preflight = await Preflight(plan, platforms: parts.platforms).run()
        let endings = await runCells(plan, options: options, control: control, preflight: preflight)
        // What a cell could not remove is on the ledger as leaked: the sweep tries it once more and has the last word.
        let swept = await sweep(plan, options: options, kept: endings.flatMap(\.kept))
        Folder.remove("\(options.directory)/scratch")
        var result = RunResult(
            run: options.run, matrix: plan.name, file: plan.file, started: started, finished: .now, commit: options.commit, axes: plan.axes,
            cells: endings.map(\.result), notSelected: plan.notSelected, selection: plan.selection,
            warnings: plan.warnings + preflight.warnings + swept.warnings, leaks: swept.leaks(with: endings.flatMap(\.leaks)),
            kept: endings.flatMap(\.kept),
            environment: options.environment)
        result.exitStatus = ExitStatus.of(result.cells, leaks: result.leaks, stopped: control.reason)
        if case .signal = control.reason { result.interrupted = true }
        return result
    }

    private func runCells(_ plan: Plan, options: RunOptions, control: RunControl, preflight: Preflight.Findings) async -> [CellRun.Ending] {
        let gates = Gates(plan.limits, platforms: plan.cells.map(\.platform))
        let expires = plan.expires.map { Timestamp.now + $0 }
        let order = await longestFirst(plan)
        let limit = [plan.limits.parallel, options.parallel].compactMap(\.self).min() ?? plan.cells.count
        let queued = Timestamp.now
        let work = Task {
            await mapConcurrently(order, limit: limit) { index in
                let cell = plan.cells[index]
                guard preflight.refusals[cell.name] == nil, let platform = parts.platforms[cell.platform] else {
                    return (index, refused(cell, preflight.refusals[cell.name], queued: queued))
                }
                let run = CellRun(
                    cell, parts: parts, options: options, platform: platform, gates: gates, control: control, expires: expires)
                return (index, await run.run(queued: queued))
            }
        }
        control.onStop { [events = parts.events] reason in
            events.emit(Event(.stopping(because: reason.text)))
            work.cancel()
        }
        return await work.value.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// The cells' positions, those that took longest in the past first; cells without a past keep their order before them.
    private func longestFirst(_ plan: Plan) async -> [Int] {
        var expected: [(index: Int, seconds: Double)] = []
        for (index, cell) in plan.cells.enumerated() {
            let phases = (try? await parts.ledger.expectedDurations(matrix: plan.name, cell: cell.name)) ?? [:]
            expected.append((index, phases.isEmpty ? .infinity : phases.values.reduce(0, +)))
        }
        return expected.sorted { ($1.seconds, $0.index) < ($0.seconds, $1.index) }.map(\.index)
    }

    /// A cell that is not begun: the preflight found what it lacks.
    private func refused(_ cell: CellPlan, _ refusal: Preflight.Refusal?, queued: Timestamp) -> CellRun.Ending {
        let now = Timestamp.now
        let refusal = refusal ?? Preflight.Refusal(isSkipped: false, message: "platform \(cell.platform) is not there", next: nil)
        let record = CellRecord(cell, events: parts.events)
        let create = CaseResult(
            phase: .create, step: "create", name: "create", outcome: refusal.isSkipped ? .skipped : .error, started: now, seconds: 0,
            message: refusal.message, detail: refusal.detail, type: refusal.isSkipped ? nil : "matrix.create.unavailable"
        ).redacted(by: parts.redactor)
        record.add(create)
        let planned = PlannedCases(of: cell, checker: parts.checker, deployers: parts.deployers)
        let outcome: Outcome = refusal.isSkipped ? .skipped : .error
        let result = CellResult(
            name: cell.name, point: cell.point, platform: cell.platform, experimental: cell.experimental, outcome: outcome, queued: queued,
            started: now, finished: now,
            cases: planned.completed(with: record.cases, reason: "not run: \(create.message ?? "")", at: now))
        record.emit(.cellFinished(outcome, message: create.message))
        return CellRun.Ending(result: result, leaks: [], kept: [])
    }
}
