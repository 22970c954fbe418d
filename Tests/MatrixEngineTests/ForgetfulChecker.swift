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

/// A checker whose every check brings tests that nobody planned, as scripts do.
struct TalkativeChecker: Checker {
    let declarations: [Declaration] = []

    func guards(for cell: CellPlan) -> [StepPlan] { [] }

    func plannedCases(of check: StepPlan, in cell: CellPlan) -> [PlannedCase] {
        [PlannedCase(phase: .verify, step: check.name, name: check.name)]
    }

    func verify(
        _ checks: [StepPlan], in context: CellContext, finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [CaseResult] {
        let results = checks.flatMap { check in
            [check.name, "first test", "second test"].map { name in
                CaseResult(
                    phase: .verify, step: check.name, name: name, outcome: name == "second test" ? .failed : .passed, started: .now,
                    seconds: 0)
            }
        }
        // As they end, not as they were planned.
        results.reversed().forEach(finished)
        return results
    }
}
