import Foundation
import MatrixCore
import MatrixRemote

/// The secrets of a plan: the matrix's and those of its platforms.
struct PlanSecrets {
    /// By name.
    private(set) var matrix: [String: String] = [:]
    /// By platform, then by the path of the key.
    private(set) var platforms: [String: [String: String]] = [:]

    /// Reads all of them.
    /// - Throws: `UsageError` with the problems of all secrets, so that nobody exports them one by one.
    static func resolve(_ plan: Plan, using runner: any Transport) async throws -> PlanSecrets {
        var secrets = PlanSecrets()
        var problems: [Diagnostic] = []
        do {
            let resolver = SecretResolver(runner: runner, environment: ProcessInfo.processInfo.environment)
            secrets.matrix = try await resolver.resolve(plan.secrets.values.sorted { $0.name < $1.name })
        } catch let error as UsageError {
            problems += error.diagnostics
        }
        do {
            secrets.platforms = try await platforms(of: plan, using: runner)
        } catch let error as UsageError {
            problems += error.diagnostics
        }
        guard problems.isEmpty else { throw UsageError(problems) }
        return secrets
    }

    /// Reads some of the matrix's secrets, and those that open their vaults.
    /// - Throws: `UsageError` with every problem.
    static func resolve(_ names: Set<String>, of plan: Plan, using runner: any Transport) async throws -> [String: String] {
        var wanted = names
        var count = -1
        while wanted.count != count {
            count = wanted.count
            for name in wanted {
                if case .vault(_, _, let password)? = plan.secrets[name]?.origin { wanted.insert(password) }
            }
        }
        let resolver = SecretResolver(runner: runner, environment: ProcessInfo.processInfo.environment)
        return try await resolver.resolve(wanted.compactMap { plan.secrets[$0] }.sorted { $0.name < $1.name })
    }

    /// What to know of the matrix's secrets: short lines are not hidden everywhere.
    func warnings(of plan: Plan) -> [Diagnostic] {
        matrix.filter { Redactor.hasShortLines($0.value) }.keys.sorted().map { name in
            Diagnostic(
                .warning, at: plan.secrets[name]?.location,
                "the secret '\(name)' has lines of fewer than 8 characters: in output they are hidden only as whole lines and "
                    + "quoted values",
                hint: "use a secret of one line, for example its Base64")
        }
    }

    /// Reads those of all platforms.
    /// - Throws: `UsageError` with every problem.
    static func platforms(of plan: Plan, using runner: any Transport) async throws -> [String: [String: String]] {
        var secrets: [String: [String: String]] = [:]
        var problems: [Diagnostic] = []
        for (name, settings) in plan.platforms.sorted(by: { $0.key < $1.key }) {
            do {
                secrets[name] = try await PlatformSecrets.resolve(settings, using: runner)
            } catch let error as UsageError {
                problems += error.diagnostics
            }
        }
        guard problems.isEmpty else { throw UsageError(problems) }
        return secrets
    }
}
