import MatrixCore

/// Replaces one kind of deployer: each of a phase's steps takes an equal share of its time and gives one case.
struct SimulatedDeployer: Deployer {
    let declaration: Declaration
    let world: SimulatedWorld

    func deploy(
        _ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [CaseResult] {
        let started = Timestamp.now
        await log(OutputLine(.standardOutput, "simulated: \(step.kind) \(step.name)"))
        try await world.pass(context.phase, of: context.cell.name, share: share(of: step, in: context))
        let fault = world.fault(in: context.phase, of: context.cell.name, step: step.name)
        if let fault, fault.outcome == .error { throw fault.error("step \(step.name)") }
        return [
            CaseResult(
                phase: context.phase, step: step.name, name: step.name, outcome: fault == nil ? .passed : .failed, started: started,
                seconds: Timestamp.now.seconds(since: started), message: fault?.message, detail: fault?.message,
                type: fault.map { _ in ProblemFamily.simulated.type(context.phase.rawValue, step.kind) })
        ]
    }

    private func share(of step: StepPlan, in context: CellContext) -> Double {
        let steps =
            switch context.phase {
            case .verify: context.cell.verify
            case .finally: context.cell.finally
            default: context.cell.deploy
            }
        return 1 / Double(max(1, steps.count { $0.skipped == nil }))
    }
}
