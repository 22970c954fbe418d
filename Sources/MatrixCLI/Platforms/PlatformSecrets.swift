import Foundation
import MatrixCore
import MatrixRemote

/// The secrets of platform settings, by the path of their key: each `{ env: … }`, `{ file: … }` or `{ command: … }`.
enum PlatformSecrets {
    /// Reads all of them: names such as `token.secret`, with their values.
    /// - Throws: `UsageError` with every problem.
    static func resolve(_ settings: PlatformSettings, using runner: any Transport) async throws -> [String: String] {
        let environment = ProcessInfo.processInfo.environment
        let sources = sources(in: settings.options, path: [], home: environment["HOME"])
        return try await SecretResolver(runner: runner, environment: environment).resolve(sources)
    }

    /// The environment variables that settings read secrets from.
    static func variables(of settings: PlatformSettings) -> [String] {
        sources(in: settings.options, path: [], home: nil).compactMap { source in
            if case .environment(let name) = source.origin { name } else { nil }
        }
    }

    private static func sources(in document: Document, path: [String], home: String?) -> [SecretSource] {
        if !path.isEmpty, let source = SecretSource(name: path.joined(separator: "."), document: document, home: home) { return [source] }
        return document.members.flatMap { sources(in: $0.value, path: path + [$0.key], home: home) }
    }
}
