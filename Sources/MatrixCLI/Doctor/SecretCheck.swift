import Foundation
import MatrixCore
import MatrixRemote

/// Checks that each secret of a matrix can be read. It shows none.
struct SecretCheck {
    let plan: Plan
    let runner: any Transport

    func findings() async -> [Finding] {
        let resolver = SecretResolver(runner: runner, environment: ProcessInfo.processInfo.environment)
        let sources = plan.secrets.values.sorted { $0.name < $1.name }
        do {
            try await resolver.resolve(sources).values.forEach(Terminal.redactor.hide)
            return sources.map { Finding(.fine, "secret \($0.name)", "there") }
        } catch let error as UsageError {
            return error.diagnostics.map { Finding(.bad, "secrets", $0.message, fix: $0.hint) }
        } catch {
            return [Finding(.bad, "secrets", "\(error)")]
        }
    }
}
