internal import MatrixCore

/// The environment that a step sets, for the child process and for the command to paste.
struct StepEnvironment {
    /// All values resolved, secrets included: for the child process only.
    let values: [String: String]
    /// The same with `${SOLTI_SECRET_…}` in place of secrets: a part of a shell script.
    let display: [String: String]
    /// The secrets that it refers to.
    let secrets: Set<String>

    init(_ texts: [String: String], scope: Scope, secrets names: SecretNames, at location: SourceLocation) throws {
        values = try texts.mapValues { try scope.render($0, at: location) }
        let shell = names.shellScope(scope)
        display = try texts.mapValues { try Self.shellText($0, plain: scope, shell: shell, at: location) }
        secrets = texts.values.reduce(into: []) { $0.formUnion(SecretNames.references(in: $1)) }
    }

    /// A word for `sh`, quoted so that only the references to secrets are expanded.
    private static func shellText(_ text: String, plain: Scope, shell: Scope, at location: SourceLocation) throws -> String {
        guard !SecretNames.references(in: text).isEmpty else { return ShellQuoting.quote(try plain.render(text, at: location)) }
        var escaped = try shell.render(text, at: location)
        for special in ["\\", "\"", "`", "$"] { escaped = escaped.replacing(special, with: "\\\(special)") }
        return "\"\(escaped.replacing("\\${SOLTI_SECRET_", with: "${SOLTI_SECRET_"))\""
    }

    /// `export NAME=…` lines, sorted.
    var exports: [String] { display.sorted { $0.key < $1.key }.map { "export \($0.key)=\($0.value)" } }
}
