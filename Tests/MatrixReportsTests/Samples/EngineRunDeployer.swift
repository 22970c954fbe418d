import MatrixCore
import MatrixEngine

/// The deployer of the runs that the engine makes for report tests: prints what is hostile, and stops a run while it deploys.
struct EngineRunDeployer: Deployer {
    let run: EngineRun
    let control: RunControl
    let declaration = Declaration(kind: "scripted", subject: .any, summary: "for report tests", example: "scripted: {}")

    func deploy(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws -> [CaseResult]
    {
        var result = CaseResult(
            phase: .deploy, step: step.name, name: step.name, outcome: .passed, started: .now, seconds: 0, location: step.location)
        guard context.cell.name.hasPrefix("rocky10") else { return [result] }
        if run == .interrupted {
            control.stop(.signal(name: "SIGINT", exitStatus: .interrupted))
            try await Task.sleep(for: .seconds(60))
        }
        guard run == .hostile else { return [result] }
        await printAll(log)
        let text = HostileRun.texts.joined(separator: "\n") + "\nPASSWORD=\(EngineRun.secret)"
        result.outcome = .failed
        (result.message, result.detail, result.type) = (text, text, "matrix.deploy.scripted")
        result.attempts = [Attempt(outcome: .failed, message: text, detail: text, type: "matrix.deploy.scripted")]
        result.properties = ["observed": text]
        return [result]
    }

    private func printAll(_ log: @Sendable (OutputLine) async -> Void) async {
        let line = String(repeating: "0123456789abcdef", count: 1024)
        for _ in 0..<(EngineRun.megabytes * 64) { await log(OutputLine(.standardOutput, line)) }
        for text in HostileRun.texts + ["token \(EngineRun.secret) end"] { await log(OutputLine(.standardError, text)) }
    }
}
