import MatrixCore

/// The cases of a cell that are known before it runs; deployers add more while they run.
struct PlannedCases: Sendable {
    private struct Item: Sendable {
        var planned: PlannedCase
        /// A deployer's step: its cases are those that it returns; it names them.
        var isStep: Bool
        /// The phase in which it gets its result: a check may belong to a deploy step.
        var during: Phase
    }

    private struct Key: Hashable {
        var phase: Phase
        var step: String
        /// Nil for a deployer's step.
        var name: String?
    }

    private let items: [Item]
    private let keys: Set<Key>
    private let names: Set<Key>

    init(of cell: CellPlan, checker: any Checker, deployers: [String: any Deployer], isCluster: Bool = false) {
        func named(_ cases: [PlannedCase], during phase: Phase? = nil) -> [Item] {
            cases.map { Item(planned: $0, isStep: false, during: phase ?? $0.phase) }
        }
        func steps(_ steps: [StepPlan], _ phase: Phase, during: Phase? = nil) -> [Item] {
            steps.map { step in
                let planned = PlannedCase(phase: phase, step: step.name, name: step.name, location: step.location)
                return Item(planned: planned, isStep: true, during: during ?? phase)
            }
        }
        let provision = cell.hosts.map { host in
            PlannedCase(
                phase: .provision, step: "provision", name: Self.name("provision", host, in: cell), host: host.name,
                location: cell.provision.location)
        }
        let cluster = isCluster ? [Self.cluster(of: cell)] : []
        let checks = Set(checker.declarations.map(\.kind))
        func verify(after step: String?) -> [Item] {
            let phase = step == nil ? Phase.verify : .deploy
            return cell.verify.filter { $0.after == step }.flatMap { check in
                deployers[check.kind] == nil || checks.contains(check.kind)
                    ? named(checker.plannedCases(of: check, in: cell), during: phase) : steps([check], .verify, during: phase)
            }
        }
        let deploy = cell.deploy.flatMap { steps([$0], .deploy) + named(Self.changes(of: $0, in: cell)) + verify(after: $0.name) }
        // A step that this cell does not have is after none of its steps.
        let known = Set(cell.deploy.map(\.name))
        let elsewhere = cell.verify.compactMap(\.after).unique.filter { !known.contains($0) }.flatMap { verify(after: $0) }
        items =
            named([PlannedCase(phase: .create, step: "create", name: "create")])
            + named(checker.guards(for: cell).flatMap { checker.plannedCases(of: $0, in: cell) }) + named(provision + cluster)
            + deploy + elsewhere + verify(after: nil) + steps(cell.finally, .finally)
            + named([PlannedCase(phase: .destroy, step: "destroy", name: "destroy")])
        keys = Set(items.map(Self.key))
        names = Set(items.map { Key(phase: $0.planned.phase, step: $0.planned.step, name: $0.planned.name) })
    }

    /// The case of the cluster that a cell's hosts become.
    static func cluster(of cell: CellPlan) -> PlannedCase {
        PlannedCase(phase: .provision, step: "cluster", name: "cluster", location: cell.provision.location)
    }

    /// The cases of what a step changes, one for each of its hosts; none if the file does not ask that.
    private static func changes(of step: StepPlan, in cell: CellPlan) -> [PlannedCase] {
        guard step.changes != nil, step.skipped == nil else { return [] }
        return cell.hosts(selectedBy: step.hosts).map { host in
            PlannedCase(
                phase: .deploy, step: step.name, name: changes(of: step, host, in: cell), host: host.name, location: step.location)
        }
    }

    static func changes(of step: StepPlan, _ host: HostPlan, in cell: CellPlan) -> String {
        name("\(step.name): changes", host, in: cell)
    }

    static func name(_ word: String, _ host: HostPlan, in cell: CellPlan) -> String {
        cell.hosts.count == 1 ? word : "\(word) (\(host.label(in: cell.hosts)))"
    }

    /// Whether a case has its name from the plan, and not from a deployer or a script.
    func names(_ result: CaseResult) -> Bool { names.contains(Key(phase: result.phase, step: result.step, name: result.name)) }

    /// The planned cases without any result, in plan order.
    ///
    /// - Parameter phases: only those that get their result in one of these; nil for all.
    func missing(in results: [CaseResult], during phases: Set<Phase>? = nil) -> [PlannedCase] {
        let found = Dictionary(grouping: results, by: key)
        return items.filter { found[Self.key($0)] == nil && phases?.contains($0.during) != false }.map(\.planned)
    }

    /// All planned and all added cases, in plan order; those that did not run are skipped with `reason`.
    func completed(with results: [CaseResult], reason: String, at date: Timestamp) -> [CaseResult] {
        completed(with: results) { $0.skipped(because: reason, at: date) }
    }

    /// All planned and all added cases, in plan order.
    ///
    /// - Parameter substitute: stands for a planned case without a result.
    func completed(with results: [CaseResult], _ substitute: (PlannedCase) -> CaseResult) -> [CaseResult] {
        var waiting = Dictionary(grouping: results, by: key)
        var found = items.map { waiting.removeValue(forKey: Self.key($0)) ?? [] }
        for index in found.indices where found[index].isEmpty { found[index] = [substitute(items[index].planned)] }
        // Unplanned cases count too: they follow the last planned case of their step.
        let last = Dictionary(items.enumerated().map { (Key(phase: $1.planned.phase, step: $1.planned.step), $0) }) { $1 }
        var rest: [CaseResult] = []
        for result in results where waiting[key(result)] != nil {
            if let index = last[Key(phase: result.phase, step: result.step)] { found[index].append(result) } else { rest.append(result) }
        }
        return found.flatMap(\.self) + rest
    }

    private static func key(_ item: Item) -> Key {
        Key(phase: item.planned.phase, step: item.planned.step, name: item.isStep ? nil : item.planned.name)
    }

    private func key(_ result: CaseResult) -> Key {
        // A planned name comes first: a verify playbook may have the name of the checks' step.
        let named = Key(phase: result.phase, step: result.step, name: result.name)
        let step = Key(phase: result.phase, step: result.step, name: nil)
        return keys.contains(named) || !keys.contains(step) ? named : step
    }
}

extension PlannedCase {
    /// This case as an error.
    func error(_ message: String, detail: String? = nil, type: String, at date: Timestamp = .now) -> CaseResult {
        CaseResult(
            phase: phase, step: step, name: name, outcome: .error, started: date, seconds: 0, message: message, detail: detail ?? message,
            type: type, location: location, host: host)
    }
}
