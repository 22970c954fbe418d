import Foundation
import MatrixCore
import MatrixRemote

/// The secrets of platform settings, by the path of their key: each `{ env: … }`, `{ file: … }` or `{ command: … }`.
enum PlatformSecrets {
    /// Reads those of one platform: names such as `token.secret`, with their values.
    /// - Throws: `UsageError` with every problem.
    static func resolve(_ settings: PlatformSettings, using runner: any Transport) async throws -> [String: String] {
        let environment = ProcessInfo.processInfo.environment
        ChildEnvironment.shared.withhold(variables(of: settings))
        let sources = SecretSource.all(in: settings.options, home: environment["HOME"])
        return try await SecretResolver(runner: runner, environment: environment).resolve(sources)
    }

    /// The environment variables that settings read secrets from.
    static func variables(of settings: PlatformSettings) -> [String] {
        SecretSource.all(in: settings.options, home: nil).compactMap(\.environmentVariable)
    }
}
