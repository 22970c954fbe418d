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
        return doubleQuoted(try shell.render(text, at: location), expanding: "${SOLTI_SECRET_")
    }

    /// A word in double quotes in which `sh` expands only what begins with `reference`.
    static func doubleQuoted(_ text: String, expanding reference: String) -> String {
        var escaped = text
        for special in ["\\", "\"", "`", "$"] { escaped = escaped.replacing(special, with: "\\\(special)") }
        return "\"\(escaped.replacing("\\\(reference)", with: reference))\""
    }

    /// `export NAME=…` lines: those of the cell that the step does not replace, then its own.
    func exports(beside shared: [String: String]) -> [String] {
        let rest = shared.filter { values[$0.key] == nil }.mapValues(ShellQuoting.quote)
        return [rest, display].flatMap { $0.sorted { $0.key < $1.key } }.map { "export \($0.key)=\($0.value)" }
    }
}
