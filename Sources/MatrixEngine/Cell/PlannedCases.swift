import MatrixCore

/// The cases that a cell will have, known before it runs; what a deployer adds while it runs comes beside them.
struct PlannedCases: Sendable {
    /// In plan order.
    let cases: [PlannedCase]

    init(of cell: CellPlan, checker: any Checker, deployers: [String: any Deployer]) {
        let create = PlannedCase(phase: .create, step: "create", name: "create")
        let provision = cell.hosts.map { host in
            PlannedCase(phase: .provision, step: "provision", name: Self.name("provision", host, in: cell), host: host.name, location: cell.provision.location)
        }
        let guards = checker.guards(for: cell).flatMap { checker.plannedCases(of: $0, in: cell) }
        let deploy = cell.deploy.map { Self.step($0, phase: .deploy) }
        let verify = cell.verify.flatMap { check in
            deployers[check.kind] == nil ? checker.plannedCases(of: check, in: cell) : [Self.step(check, phase: .verify)]
        }
        let finally = cell.finally.map { Self.step($0, phase: .finally) }
        let destroy = PlannedCase(phase: .destroy, step: "destroy", name: "destroy")
        cases = [create] + guards + provision + deploy + verify + finally + [destroy]
    }

    static func name(_ word: String, _ host: HostPlan, in cell: CellPlan) -> String {
        cell.hosts.count == 1 ? word : "\(word) (\(host.label(in: cell.hosts)))"
    }

    private static func step(_ step: StepPlan, phase: Phase) -> PlannedCase {
        PlannedCase(phase: phase, step: step.name, name: step.name, location: step.location)
    }

    /// All planned cases and all that came beside them, in plan order; what did not run is skipped with `reason`.
    func completed(with results: [CaseResult], reason: String, at date: Timestamp) -> [CaseResult] {
        var waiting = Dictionary(grouping: results) { Key(phase: $0.phase, step: $0.step) }
        var completed: [CaseResult] = []
        for planned in cases {
            let key = Key(phase: planned.phase, step: planned.step)
            let found = waiting[key] ?? []
            if planned.name == planned.step, planned.phase != .create, planned.phase != .destroy {
                // A deployer's step: its cases are all that carry the step's name.
                completed += found.isEmpty ? [planned.skipped(because: reason, at: date)] : found
                waiting[key] = []
            } else if let index = found.firstIndex(where: { $0.name == planned.name }) {
                completed.append(found[index])
                waiting[key]?.remove(at: index)
            } else {
                completed.append(planned.skipped(because: reason, at: date))
            }
        }
        let extra = results.filter { result in waiting[Key(phase: result.phase, step: result.step)]?.contains { $0.name == result.name } == true }
        return completed + extra
    }

    private struct Key: Hashable {
        var phase: Phase
        var step: String
    }
}
