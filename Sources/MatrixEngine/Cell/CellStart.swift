public import MatrixCore

/// Where a cell begins: what earlier processes did, and which phases follow now.
public struct CellStart: Sendable {
    /// The leases of earlier processes, oldest first.
    var leases: [Lease]
    /// The results of its earlier phases, in order.
    var past: [PhaseRecord]
    /// The phases to run. Without `destroy` the cell stays up.
    public var phases: Set<Phase>
    /// The command that runs only these phases: `matrix deploy`; nil for a whole run.
    var command: String?

    public init(leases: [Lease] = [], past: [PhaseRecord] = [], phases: Set<Phase> = Set(Phase.allCases), command: String? = nil) {
        self.leases = leases
        self.past = past
        self.phases = phases
        self.command = command
    }

    /// Whether an earlier process finished it.
    var isFinished: Bool { phases.isEmpty }

    /// Whether it always stays up: the command runs only some of its phases.
    var stays: Bool { !phases.isEmpty && !phases.contains(.destroy) }

    /// The results of the phases before the first one to run.
    var kept: [PhaseRecord] {
        guard let first = phases.map(\.order).min() else { return past }
        return past.filter { $0.phase.order < first }
    }
}

extension CellStart {
    /// The start of a command on one phase of a cell that is up: missing phases before it run too.
    ///
    /// A deploy needs a provision that passed; a verify needs a deploy that ran, even a failed one, as somebody may have repaired it
    /// by hand. The `finally:` steps follow a verify: they collect what explains it.
    public static func of(_ phase: Phase, leases: [Lease], past: [PhaseRecord]) -> CellStart {
        let outcomes = Dictionary(past.map { ($0.phase, $0.outcome) }) { _, last in last }
        var phases: Set<Phase> = [phase]
        if phase == .verify {
            phases.insert(.finally)
            if outcomes[.deploy] == nil { phases.insert(.deploy) }
        }
        if phases.contains(.deploy), outcomes[.provision] != .passed { phases.insert(.provision) }
        return CellStart(leases: leases, past: past, phases: phases, command: "matrix \(phase.rawValue)")
    }

    /// The start of a cell that is up after a change of what is deployed: everything from its first deploy step on.
    public static func changed(leases: [Lease], past: [PhaseRecord], command: String) -> CellStart {
        var start = of(.deploy, leases: leases, past: past)
        start.phases.formUnion([.verify, .finally])
        start.command = command
        return start
    }

    /// The start of a cell whose run was interrupted: at the phase that it had reached, or from the start if it cannot be resumed.
    public static func resumed(leases: [Lease], past: [PhaseRecord]) -> CellStart {
        let isInterrupted = past.contains { $0.outcome == .interrupted }
        if past.contains(where: { $0.phase == .destroy }), !isInterrupted { return CellStart(leases: leases, past: past, phases: []) }
        let isUp = !leases.isEmpty && leases.allSatisfy { $0.state == .created || $0.state == .kept }
        guard isUp, past.first?.phase == .create, past.first?.outcome == .passed else { return CellStart(leases: leases) }
        let reached = past.prefix { $0.outcome != .interrupted }
        let next = (reached.last?.phase.order ?? 0) + 1
        return CellStart(leases: leases, past: Array(reached), phases: Set(Phase.allCases.filter { $0.order >= next }))
    }
}
