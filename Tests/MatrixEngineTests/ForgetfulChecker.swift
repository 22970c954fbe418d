import MatrixCore

/// A checker that answers nothing of what it planned.
struct ForgetfulChecker: Checker {
    let declarations: [Declaration] = []

    func guards(for cell: CellPlan) -> [StepPlan] { [] }

    func plannedCases(of check: StepPlan, in cell: CellPlan) -> [PlannedCase] {
        [PlannedCase(phase: .verify, step: "verify", name: check.name)]
    }

    func verify(
        _ checks: [StepPlan], in context: CellContext, finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [CaseResult] { [] }
}
