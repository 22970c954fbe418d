import MatrixCore
import Synchronization

/// Collects what happens in one cell and emits it as events. It gets raw texts, and no secret leaves it: phases pass the encoder
/// on their way to the ledger, events in their sink, the cell's result with the run's.
final class CellRecord: Sendable {
    private struct State {
        var phases: [PhaseResult] = []
        var cases: [CaseResult] = []
        var hosts: [HostResult] = []
        var costs: [Cost] = []
        /// Why the remaining cases did not run.
        var ended: String?
        var isInterrupted = false
        /// What a person has decided.
        var keeps: Bool?
        var isAnew = false
        /// How many phases and cases the ledger has.
        var told = (phases: 0, cases: 0)
        var commands: LastingCommands
    }

    let cell: CellPlan
    private let planned: PlannedCases
    private let events: any EventSink
    private let redactor: Redactor
    private let isDoomed: Bool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - commands: gives the commands in results their lasting form.
    ///   - isDoomed: whether the cell is certain to be gone when anybody reads its results.
    ///   - past: the results of the cell's phases in earlier processes.
    init(
        _ cell: CellPlan, planned: PlannedCases, parts: EngineDependencies, commands: LastingCommands, isDoomed: Bool = false,
        past: [PhaseRecord] = []
    ) {
        self.cell = cell
        self.isDoomed = isDoomed
        state = Mutex(State(commands: commands))
        self.planned = planned
        events = parts.events
        redactor = parts.redactor
        state.withLock { state in
            state.phases = past.flatMap(\.tries)
            state.cases = past.flatMap(\.cases)
            state.hosts = past.last?.hosts ?? []
            state.told = (state.phases.count, state.cases.count)
        }
    }

    /// Everything since the last phase's record, as this phase's record, free of secrets; nil if the phase was not reached.
    func takePhase(_ phase: Phase) -> PhaseRecord? {
        state.withLock { state in
            let hasCome = state.phases.count > state.told.phases || state.cases.count > state.told.cases
            guard hasCome || state.ended == nil else { return nil }
            let tries = Array(state.phases.dropFirst(state.told.phases))
            let cases = Array(state.cases.dropFirst(state.told.cases))
            state.told = (state.phases.count, state.cases.count)
            let outcomes = Set(cases.map(\.outcome))
            let worst =
                [Outcome.error, .interrupted, .failed, .passed, .skipped].first { outcomes.contains($0) } ?? tries.last?.outcome ?? .passed
            return redactor.redact(
                PhaseRecord(
                    phase, outcome: state.isInterrupted ? .interrupted : worst, finished: .now, tries: tries, cases: cases,
                    hosts: state.hosts,
                    ended: state.ended))
        }
    }

    /// Restarts the cell: discards the results of earlier processes.
    func forgetPast() {
        state.withLock { state in
            state = State(commands: state.commands)
            state.isAnew = true
        }
    }

    /// Removes what earlier processes found out about these cases, which are asked again.
    func forget(_ cases: [PlannedCase]) {
        state.withLock { state in
            let isAsked = { (result: CaseResult) in
                cases.contains { $0.phase == result.phase && $0.step == result.step && $0.name == result.name }
            }
            state.told.cases -= state.cases.prefix(state.told.cases).count(where: isAsked)
            state.cases.removeAll(where: isAsked)
        }
    }

    /// Whether the cell restarted although an earlier process had worked on it.
    var isAnew: Bool { state.withLock { $0.isAnew } }

    func emit(_ kind: Event.Kind) {
        events.emit(Event(cell: cell.name, kind))
    }

    /// A planned name identifies the case, so it stays unchanged; other names are redacted like any text.
    func add(_ result: CaseResult) {
        let result = state.withLock { state in
            let named = planned.names(result) ? result : redactor.redact(unplanned: result)
            var lasting = state.commands.lasting(named)
            if isDoomed { lasting = state.commands.lastingWithoutHosts(lasting) }
            state.cases.append(lasting)
            return lasting
        }
        emit(.caseFinished(result))
    }

    func add(_ phase: PhaseResult) {
        state.withLock { $0.phases.append(phase) }
        emit(.phaseFinished(phase))
    }

    /// Learns how the commands of a connected host look, to show others that outlive the connection.
    func addCommands(of host: Host) {
        state.withLock { $0.commands.add(host, of: cell) }
    }

    func add(_ host: HostResult) {
        state.withLock { $0.hosts.append(host) }
    }

    func add(_ cost: Cost) {
        state.withLock { $0.costs.append(cost) }
    }

    func addFacts(_ facts: [String: String], to host: String) {
        state.withLock { state in
            guard let index = state.hosts.firstIndex(where: { $0.name == host }) else { return }
            state.hosts[index].facts.merge(facts) { _, new in new }
        }
    }

    /// Notes the address that a host has now.
    func move(_ host: String, to address: String) {
        state.withLock { state in
            for index in state.hosts.indices where state.hosts[index].name == host { state.hosts[index].address = address }
        }
    }

    /// Removes the hosts of an attempt that is repeated.
    func forgetHosts() {
        state.withLock { $0.hosts = [] }
    }

    /// Notes why the rest is not run; the first reason stays.
    func end(because reason: String) {
        state.withLock { if $0.ended == nil { $0.ended = reason } }
    }

    func interrupt(because reason: String) {
        state.withLock { state in
            state.isInterrupted = true
            if state.ended == nil { state.ended = reason }
        }
    }

    /// Lets the cell go on.
    ///
    /// - Parameter first: the place of the first case that is run again; nil if none is.
    func reopen(from first: Int? = nil) {
        state.withLock { state in
            state.ended = nil
            // What the ledger has stays.
            if let first { state.cases.removeSubrange(min(max(first, state.told.cases), state.cases.count)...) }
        }
    }

    /// A person decides whether the cell stays up.
    func decide(keeps: Bool) { state.withLock { $0.keeps = keeps } }

    /// What a person has decided; nil if `--keep` does.
    var keeps: Bool? { state.withLock { $0.keeps } }
    var isEnded: Bool { state.withLock { $0.ended != nil } }
    var isInterrupted: Bool { state.withLock { $0.isInterrupted } }
    var endReason: String? { state.withLock { $0.ended } }
    var cases: [CaseResult] { state.withLock { $0.cases } }
    /// The cases with commands that work from now on.
    ///
    /// - Parameter isUp: whether the cell stays up.
    func cases(isUp: Bool) -> [CaseResult] {
        state.withLock { state in
            isUp || isDoomed ? state.cases : state.cases.map { state.commands.lastingWithoutHosts($0) }
        }
    }
    var phases: [PhaseResult] { state.withLock { $0.phases } }
    var hosts: [HostResult] { state.withLock { $0.hosts } }
    /// The cost so far, an amount for each currency; nil if there is none.
    var costs: [Cost]? {
        let all = state.withLock { $0.costs }
        return all.isEmpty ? nil : Cost.sums(all)
    }

    /// The cell's outcome by its cases so far.
    var outcome: Outcome { Self.outcome(of: cases, isInterrupted: isInterrupted) }

    /// The outcome of a cell with these cases.
    static func outcome(of cases: [CaseResult], isInterrupted: Bool) -> Outcome {
        if cases.contains(where: { $0.outcome == .error }) { return .error }
        if isInterrupted || cases.contains(where: { $0.outcome == .interrupted }) { return .interrupted }
        if cases.contains(where: { $0.outcome == .failed }) { return .failed }
        return cases.contains { $0.outcome == .passed } ? .passed : .skipped
    }

    /// Turns planned cases of these phases without a result into errors if nothing ended the cell: it must not look green.
    func addErrors(for planned: PlannedCases, in phases: Set<Phase>) {
        guard !isEnded, !isInterrupted else { return }
        for missing in planned.missing(in: cases, during: phases) where missing.phase != .destroy {
            add(missing.error("it was planned, but it has no result", type: ProblemFamily.unanswered.type(missing.phase.rawValue)))
        }
    }
}
