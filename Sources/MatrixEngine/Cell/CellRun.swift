import MatrixCore

/// Runs one cell through its phases: create, provision, deploy, verify, finally, destroy.
///
/// The final destroy always runs, even after cancellation, and is awaited.
struct CellRun: Sendable {
    let cell: CellPlan
    let parts: EngineDependencies
    let options: RunOptions
    let platform: any Platform
    let keeper: LeaseKeeper
    let turn: CreateTurn
    let control: RunControl
    let record: CellRecord
    let planned: PlannedCases
    let leases = CellLeases()
    let connections = CellConnections()
    let evidence = CellEvidence()
    let restarts = RestartedHosts()
    let creation: CreateLog
    let links = PlainLinks()
    /// When `matrix reap` may remove resources of this run.
    let expires: Timestamp?
    let start: CellStart

    init(
        _ cell: CellPlan, parts: EngineDependencies, options: RunOptions, platform: any Platform, creating: AsyncSemaphore,
        control: RunControl, expires: Timestamp?
    ) {
        self.cell = cell
        self.parts = parts
        self.options = options
        self.platform = platform
        turn = CreateTurn(creating)
        self.control = control
        self.expires = expires
        start = options.starts[cell.name] ?? CellStart()
        keeper = LeaseKeeper(ledger: parts.ledger, redactor: parts.redactor)
        planned = PlannedCases(
            of: cell, checker: parts.checker, deployers: parts.deployers, isCluster: platform is any ClusterPlatform)
        let commands = LastingCommands(cell: cell.name, run: options.run, again: options.again, options: options.environment["options"])
        record = CellRecord(
            cell, planned: planned, parts: parts, commands: commands,
            isDoomed: options.keep == .never && !start.stays && options.stop == nil, past: start.kept)
        let name = "artifacts/\(cell.name)"
        creation = CreateLog {
            try StepLog("create", in: (Folder.make("\(options.reports)/\(name)", mode: 0o755), name), redactor: parts.redactor) { _ in }
        }
    }

    /// What remains of a cell beside its result.
    struct Ending: Sendable {
        var result: CellResult
        var leaks: [Leak]
        var kept: [Resource]
        var entrances: [Entrance] = []

        /// The cell's result; if the sweep removed what it could not remove itself, that is not an error.
        func result(after swept: Engine.Swept) -> CellResult {
            guard !leaks.isEmpty, leaks.allSatisfy({ swept.removed.contains(ResourceName($0.resource)) }) else { return result }
            var result = self.result
            for index in result.cases.indices where result.cases[index].phase == .destroy { result.cases[index].putRight() }
            for index in result.phases.indices where result.phases[index].phase == .destroy { result.phases[index].outcome = .passed }
            if result.outcome == .error { result.outcome = CellRecord.outcome(of: result.cases, isInterrupted: false) }
            return result
        }
    }

    /// Runs the cell from the queue to its end.
    func run(queued: Timestamp) async -> Ending {
        if start.isFinished { return finishedBefore(queued: queued) }
        if Task.isCancelled { return await neverStarted(queued: queued) }
        record.emit(.cellStarted)
        // Until then the cell waits in its queue; reports show that.
        let hasTurn = does(.create) ? await takeTurn() : true
        defer { turn.leave() }
        let started = Timestamp.now
        if hasTurn { await work() }
        record.addErrors(for: planned, in: phases)
        if record.outcome != .passed, options.failFast, !cell.experimental, !record.isInterrupted {
            control.stop(.failFast(cell: cell.name))
        }
        // A fresh task starts uncancelled; awaiting its value keeps this structured.
        let (leaks, kept) = await Task { await takeDown() }.value
        return ending(queued: queued, started: started, leaks: leaks, kept: kept)
    }

    /// All phases but the last. Never throws: errors are on the record.
    private func work() async {
        guard let hosts = await hosts() else { return }
        guard var context = await prepared(hosts) else { return }
        if does(.deploy) {
            context = await deployPhase(context)
            await save(.deploy)
        }
        if does(.verify) {
            await verifyPhase(context)
            await save(.verify)
        }
        if does(.finally) {
            await finallyPhase(context)
            await save(.finally)
        }
        await withdraw(context)
    }

    private func neverStarted(queued: Timestamp) async -> Ending {
        let reason = interruption ?? "stopped"
        let now = Timestamp.now
        let create = CaseResult(
            phase: .create, step: "create", name: "create", outcome: .interrupted, started: now, seconds: 0,
            message: "not started: \(reason)", detail: "The run was stopped before this cell's turn: \(reason)",
            type: ProblemType.interrupted.rawValue)
        record.add(create)
        record.interrupt(because: reason)
        guard !start.leases.isEmpty else { return ending(queued: queued, started: now, leaks: [], kept: []) }
        // Resources of an earlier process are taken down anyway, unless the command runs only a part of the phases.
        let (leaks, kept) = await Task {
            await takeOverLeases()
            return await takeDown()
        }.value
        return ending(queued: queued, started: now, leaks: leaks, kept: kept)
    }

    private func ending(queued: Timestamp, started: Timestamp, leaks: [Leak], kept: [Resource]) -> Ending {
        let finished = Timestamp.now
        let reason = "not run: \(record.endReason ?? start.command.map { "not part of \($0)" } ?? "the run ended before it")"
        let result = CellResult(
            name: cell.name, point: cell.point, platform: cell.platform, experimental: cell.experimental, outcome: record.outcome,
            queued: queued, started: started, finished: finished, phases: record.phases,
            cases: planned.completed(with: record.cases(isUp: !kept.isEmpty), reason: reason, at: finished), hosts: inOrder(record.hosts),
            costs: record.costs)
        record.emit(.cellFinished(result.outcome, message: record.endReason))
        return Ending(result: result, leaks: leaks, kept: kept, entrances: entrances(to: kept))
    }

    /// The platform that creates and removes a resource: the one that it names, as a cluster's hosts belong to the lender.
    func driver(of resource: Resource) -> any Platform { parts.platforms[resource.platform] ?? platform }

    /// Hosts in plan order, not in the order of their answers.
    private func inOrder(_ hosts: [HostResult]) -> [HostResult] {
        cell.hosts.compactMap { plan in hosts.last { $0.name == plan.name } }
    }

    /// Why the run stops; nil if it does not.
    var interruption: String? { control.reason?.text }
}

extension CaseResult {
    /// Turns a destroy that failed at first into a passed one, with the failure as an earlier try.
    fileprivate mutating func putRight() {
        guard outcome == .error else { return }
        let earlier = Attempt(outcome: .error, message: message ?? "", detail: detail ?? "", type: type ?? ProblemType.destroyLeak.rawValue)
        (outcome, message, detail, type) = (.passed, nil, nil, nil)
        attempts.append(earlier)
    }
}

/// The leases that one cell holds, in the order in which they were acquired.
actor CellLeases {
    private var stages: [[HeldLease]] = []

    /// Begins a stage; what is added from now on belongs to it.
    func beginStage() { stages.append([]) }

    func add(_ lease: HeldLease) { stages[stages.count - 1].append(lease) }

    var all: [HeldLease] { stages.flatMap(\.self) }

    /// Takes the newest stage out.
    func takeLast() -> [HeldLease] { stages.popLast() ?? [] }

    /// Takes everything out, last stage first.
    func takeAll() -> [[HeldLease]] {
        defer { stages = [] }
        return stages.reversed()
    }
}

/// The open connections to a cell's hosts: all are closed, also those of a create that failed half-way.
actor CellConnections {
    private var open: [any Transport] = []

    func add(_ transport: any Transport) { open.append(transport) }

    func closeAll() async {
        let closing = open
        open = []
        for transport in closing { await transport.close() }
    }
}
