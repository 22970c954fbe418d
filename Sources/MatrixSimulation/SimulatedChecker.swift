import MatrixCore

/// Plans the same cases as the real checker and answers them from the scenario.
struct SimulatedChecker: Checker {
    let real: any Checker
    let world: SimulatedWorld

    var declarations: [Declaration] { real.declarations }
    func plannedCases(of check: StepPlan, in cell: CellPlan) -> [PlannedCase] { real.plannedCases(of: check, in: cell) }
    func guards(for cell: CellPlan) -> [StepPlan] { real.guards(for: cell) }

    func verify(
        _ checks: [StepPlan], in context: CellContext, finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [CaseResult] {
        let started = Timestamp.now
        let guards = Set(real.guards(for: context.cell).map(\.name))
        if !checks.allSatisfy({ guards.contains($0.name) }) {
            let share = Double(checks.count) / Double(max(1, context.cell.verify.count))
            try await world.pass(.verify, of: context.cell.name, share: min(1, share))
        }
        return try checks.flatMap { check in
            try plannedCases(of: check, in: context.cell).map { planned in
                let result = try answer(check, planned, in: context, started: started)
                finished(result)
                return result
            }
        }
    }

    private func answer(_ check: StepPlan, _ planned: PlannedCase, in context: CellContext, started: Timestamp) throws -> CaseResult {
        if let reason = check.skipped { return planned.skipped(because: reason, at: started) }
        let fault = world.fault(in: .verify, of: context.cell.name, step: check.name)
        return CaseResult(
            phase: planned.phase, step: planned.step, name: planned.name, outcome: fault?.outcome ?? .passed, started: started,
            seconds: Timestamp.now.seconds(since: started), message: fault?.message, detail: fault?.message,
            type: fault.map { _ in ProblemFamily.check.type(check.kind) }, location: planned.location, host: planned.host)
    }
}
