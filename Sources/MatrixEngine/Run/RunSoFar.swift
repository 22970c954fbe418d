public import MatrixCore
internal import Synchronization

/// What the report of a run says until the run ends: cells that have ended as they are, every other case an error.
///
/// If the process dies, this report remains: nobody may take it for a run that passed.
public final class RunSoFar: Sendable {
    /// An element for changes that are not yet in a report; ends with the run.
    public let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation
    private let plan: Plan
    private let parts: EngineDependencies
    private let options: RunOptions
    private let started = Timestamp.now
    private let ended = Mutex<[String: CellResult]>([:])

    public init(_ plan: Plan, parts: EngineDependencies, options: RunOptions) {
        self.plan = plan
        self.parts = parts
        self.options = options
        (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// A cell has ended.
    func add(_ cell: CellResult) {
        ended.withLock { $0[cell.name] = cell }
        changed.yield()
    }

    /// The run has ended: no more changes.
    public func end() { changed.finish() }

    /// The run as it is now, free of secrets.
    public func result() -> RunResult {
        let (ended, now) = (ended.withLock { $0 }, Timestamp.now)
        var result = RunResult(
            run: options.run, matrix: plan.name, file: plan.file, started: started, finished: now, commit: options.commit, axes: plan.axes,
            cells: plan.cells.map { ended[$0.name] ?? unfinished($0, at: now) }, notSelected: plan.notSelected, selection: plan.selection,
            warnings: plan.warnings, exitStatus: .infrastructure, environment: options.environment, shard: plan.shard)
        result.unfinished = true
        result.warnings.append(
            Diagnostic(at: nil, "the run has not ended: it goes on, or its process died", hint: "see: matrix status"))
        parts.redactor.redact(&result)
        return result
    }

    private func unfinished(_ cell: CellPlan, at now: Timestamp) -> CellResult {
        let start = options.starts[cell.name] ?? CellStart()
        let planned = PlannedCases(
            of: cell, checker: parts.checker, deployers: parts.deployers, isCluster: parts.platforms[cell.platform] is any ClusterPlatform)
        let cases = planned.completed(with: start.kept.flatMap(\.cases)) { missing in
            guard start.phases.contains(missing.phase) else {
                let reason = start.command.map { "not part of \($0)" } ?? "an earlier process ended the cell"
                return missing.skipped(because: "not run: \(reason)", at: now)
            }
            return missing.error(
                "not finished", detail: "run \(options.run) has not ended: it goes on, or its process died\nsee: matrix status",
                type: ProblemType.unfinished.rawValue, at: now)
        }
        return CellResult(
            name: cell.name, point: cell.point, platform: cell.platform, experimental: cell.experimental,
            outcome: start.isFinished ? CellRecord.outcome(of: cases, isInterrupted: false) : .error, queued: started, started: now,
            finished: now, phases: start.kept.flatMap(\.tries), cases: cases, hosts: start.kept.last?.hosts ?? [])
    }
}
