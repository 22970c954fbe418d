import Foundation
import MatrixCore
import MatrixEngine
import MatrixTesting

/// The cost of a step's output: cleaned, redacted, written, sent as events. Memory must not grow with it.
struct LogRow: Row {
    let name = "log"
    private static let line = String(repeating: "ok: [debian12-podman] => task output 0123456789 ", count: 4)

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let lines = scale.of(500_000)
        try await write(lines / 10, in: "\(folder)/first")
        let before = Resident.peakMegabytes
        let started = ContinuousClock.now
        try await write(lines, in: "\(folder)/second")
        let seconds = (ContinuousClock.now - started).inSeconds
        let megabytes = Double(lines * (Self.line.utf8.count + 1)) / 1e6
        return [
            Measurement(
                row: name, what: "\(Int(nearest: megabytes)) MB of output: time", value: seconds, unit: "s",
                note: "\(Int(nearest: megabytes / seconds)) MB/s, 3 secrets known"),
            Measurement(
                row: name, what: "\(Int(nearest: megabytes)) MB of output: memory beyond a tenth of it",
                value: Resident.peakMegabytes - before,
                unit: "MB",
                limit: scale.limit(20)),
        ]
    }

    private func write(_ lines: Int, in folder: String) async throws {
        let plan = Samples.plan(cells: 1, checks: 1, parallel: 1)
        let platform = ScriptedPlatform("bench")
        let redactor = Redactor()
        ["correct horse battery staple", "0123456789abcdef-secret", "another-secret"].forEach(redactor.hide)
        let deployer = ScriptedDeployer("shell") { step, _ in [ScriptedDeployer.result(step, .passed)] }
        let parts = EngineDependencies(
            platforms: ["bench": platform], ledger: MemoryLedger(), connector: ScriptedConnector(), provisioner: ScriptedProvisioner(),
            deployers: [Chatter(declaration: deployer.declaration, line: Self.line, count: lines)],
            checker: ScriptedChecker { _, _ in .passed },
            inventory: ScriptedInventory(), events: Silence(), redactor: redactor)
        let options = RunOptions(run: RunID("261123-000000-bnch"), reports: "\(folder)/reports", directory: "\(folder)/run")
        let result = await Engine(parts).run(plan, options: options)
        guard result.exitStatus == .passed else { throw BenchError("the run ended with status \(result.exitStatus.rawValue)") }
    }

    /// A deployer with output.
    private struct Chatter: Deployer {
        let declaration: Declaration
        let line: String
        let count: Int

        func deploy(
            _ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void
        ) async throws -> [CaseResult] {
            for _ in 0..<count { await log(OutputLine(.standardOutput, line)) }
            return [ScriptedDeployer.result(step, .passed)]
        }
    }
}
