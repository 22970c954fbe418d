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
            let secrets = try await resolver.resolve(sources)
            secrets.values.forEach(Terminal.redactor.hide)
            return sources.map { source in
                guard Redactor.hasShortLines(secrets[source.name] ?? "") else { return Finding(.fine, "secret \(source.name)", "there") }
                return Finding(
                    .warning, "secret \(source.name)", "there; its lines of fewer than 8 characters are not hidden within other text",
                    fix: "use a secret of one line, for example its Base64")
            }
        } catch let error as UsageError {
            return error.diagnostics.map { Finding(.bad, "secrets", $0.message, fix: $0.hint) }
        } catch {
            return [Finding(.bad, "secrets", "\(error)")]
        }
    }
}
