import MatrixCore
import MatrixTesting
import Synchronization

/// A checker that passes everything and notes when it was told that the deploy began.
final class WatchingChecker: Checker {
    let declarations: [Declaration] = []
    private let told = Mutex<[Timestamp]>([])

    var deployStarts: [Timestamp] { told.withLock { $0 } }

    func guards(for cell: CellPlan) -> [StepPlan] { [] }

    func plannedCases(of check: StepPlan, in cell: CellPlan) -> [PlannedCase] {
        [PlannedCase(phase: .verify, step: "verify", name: check.name)]
    }

    func verify(
        _ checks: [StepPlan], in context: CellContext, finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [CaseResult] {
        told.withLock { $0.append(context.deployStarted) }
        let results = checks.map { CaseResult(phase: .verify, step: "verify", name: $0.name, outcome: .passed, started: .now, seconds: 0) }
        results.forEach(finished)
        return results
    }
}
