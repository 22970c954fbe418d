internal import FoundationEssentials
public import MatrixCore

/// Fetches secrets from the sources that the matrix file names.
public struct SecretResolver {
    private let runner: any Transport
    private let environment: [String: String]
    private let vault: VaultReader
    /// Password managers ask for a touch or a PIN.
    private static let commandLimit = Duration.seconds(30)

    /// - Parameter environment: where variables are looked up; `HOME` serves `~` in paths.
    public init(runner: any Transport, environment: [String: String]) {
        self.runner = runner
        self.environment = environment
        vault = VaultReader(runner: runner)
    }

    /// The secrets by name.
    ///
    /// - Throws: `UsageError` with every secret that cannot be fetched, in the order of their positions.
    public func resolve(_ sources: [SecretSource]) async throws -> [String: String] {
        var secrets: [String: String] = [:]
        var problems: [Diagnostic] = []
        for source in Self.inOrder(sources) {
            do {
                secrets[source.name] = try await secret(of: source, known: secrets, all: sources)
            } catch let problem as Problem {
                problems.append(Diagnostic(at: source.location, "the secret '\(source.name)' \(problem.what)", hint: problem.hint))
            }
        }
        guard problems.isEmpty else { throw UsageError(problems.sorted(by: Self.byPosition)) }
        return secrets
    }

    private func secret(of source: SecretSource, known: [String: String], all: [SecretSource]) async throws -> String {
        let value: String
        switch source.origin {
        case .environment(let name): value = try variable(name)
        case .file(let path): value = try file(path)
        case .command(let arguments): value = try await output(of: arguments)
        case .vault(let file, let key, let password):
            guard all.contains(where: { $0.name == password }) else {
                let meant = Suggestion.nearest(to: password, among: all.map(\.name)).map { "did you mean '\($0)'?" }
                throw Problem("needs the password '\(password)', which is not a secret of this file", meant ?? "add it under secrets:")
            }
            guard let opened = known[password] else {
                throw Problem("cannot be opened without its password '\(password)'", "see the problem of that secret")
            }
            value = try await vault.value(of: key, in: expanded(file), password: opened)
        }
        return try checked(value)
    }

    private func checked(_ value: String) throws -> String {
        if value.isEmpty { throw Problem("is empty", "give it a value") }
        guard value.count >= Redactor.minimumLength else {
            throw Problem("has fewer than \(Redactor.minimumLength) characters and cannot be hidden in output", "use a longer one")
        }
        return value
    }

    private func variable(_ name: String) throws -> String {
        guard let value = environment[name] else {
            throw Problem("needs the environment variable \(name), which is not set", "export \(name)=…")
        }
        return value
    }

    private func file(_ path: String) throws -> String {
        let path = expanded(path)
        guard let data = FileManager.default.contents(atPath: path) else {
            let there = FileManager.default.fileExists(atPath: path)
            throw Problem(
                "is in the file \(path), which \(there ? "cannot be read" : "does not exist")",
                there ? "make it readable" : "create it or correct the path")
        }
        return Self.withoutNewline(String(decoding: data, as: UTF8.self))
    }

    private func output(of arguments: [String]) async throws -> String {
        let shown = ShellQuoting.join(arguments)
        let result: CommandResult
        do {
            result = try await runner.run(Command(arguments, timeout: Self.commandLimit, seesSecrets: true))
        } catch let error as InfrastructureError {
            throw Problem("comes from '\(shown)', which failed: \(error.why)", error.next ?? "run it yourself")
        }
        guard result.succeeded else {
            // Not its output: that may hold the secret.
            throw Problem("comes from '\(shown)', which failed with exit status \(result.exitStatus)", "run it yourself to see why")
        }
        return Self.withoutNewline(String(decoding: result.standardOutput, as: UTF8.self))
    }

    private func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = environment["HOME"] else { return path }
        return home + path.dropFirst()
    }

    static func withoutNewline(_ text: String) -> String {
        text.hasSuffix("\r\n") || text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Passwords before what they open.
    private static func inOrder(_ sources: [SecretSource]) -> [SecretSource] {
        var left = sources
        var ordered: [SecretSource] = []
        while !left.isEmpty {
            let waiting = Set(left.map(\.name))
            let ready = left.filter { source in
                if case .vault(_, _, let password) = source.origin { !waiting.contains(password) } else { true }
            }
            // A cycle: each secret in it reports its missing password.
            guard !ready.isEmpty else { return ordered + left }
            ordered += ready
            let names = Set(ready.map(\.name))
            left.removeAll { names.contains($0.name) }
        }
        return ordered
    }

    private static func byPosition(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
        guard let first = left.location, let second = right.location else { return left.location != nil && right.location == nil }
        return (first.file, first.line, first.column) < (second.file, second.line, second.column)
    }

    /// What is wrong with one secret.
    struct Problem: Error {
        var what: String
        var hint: String

        init(_ what: String, _ hint: String) {
            self.what = what
            self.hint = hint
        }
    }
}
