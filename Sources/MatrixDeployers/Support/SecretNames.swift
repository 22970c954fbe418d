internal import MatrixCore

/// Secrets by their environment variables for child processes, so that no file or argument holds one.
struct SecretNames {
    /// Each secret's value by its name in the matrix file.
    let values: [String: String]
    private let given: [String: String]

    init(of context: CellContext) {
        let found = context.scope.all.filter { $0.key.hasPrefix(Self.prefix) }
        values = Dictionary(found.map { (String($0.key.dropFirst(Self.prefix.count)), $0.value) }) { first, _ in first }
        given = context.secretEnvironment
    }

    static let prefix = "secrets."

    /// The variable of a secret: `SOLTI_SECRET_LINODE_TOKEN`.
    func variable(of secret: String) -> String { SecretSource.variable(of: secret) }

    /// What a child process needs in its environment to find these secrets.
    func environment(for secrets: Set<String>) -> [String: String] {
        Dictionary(secrets.map { (variable(of: $0), values[$0] ?? given[variable(of: $0)] ?? "") }) { first, _ in first }
    }

    /// The cell's scope with shell references in place of secrets: for a file that people read and run.
    func shellScope(_ scope: Scope) -> Scope {
        scope.adding(Dictionary(values.keys.map { ("\(Self.prefix)\($0)", "${\(variable(of: $0))}") }) { first, _ in first })
    }

    /// The names of the secrets that a document's texts refer to.
    static func references(in document: Document) -> Set<String> {
        Set(document.scalars.flatMap { references(in: $0.text) })
    }

    /// The names of the secrets that a text refers to.
    static func references(in text: String) -> Set<String> {
        Set(Template.references(in: text).map(\.name).filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
    }

    /// One error for each option, apart from those named, that would show a secret in process lists and files.
    static func diagnostics(in options: Document, except allowed: Set<String>) -> [Diagnostic] {
        guard !options.members.isEmpty else { return misplaced(options) }
        return options.members.filter { !allowed.contains($0.key) }.flatMap { misplaced($0.value) }
    }

    private static func misplaced(_ value: Document) -> [Diagnostic] {
        value.scalars.flatMap { text, location in
            references(in: text).sorted().map {
                Diagnostic(at: location, "${secrets.\($0)} would be visible in process lists here", hint: "pass it in env: instead")
            }
        }
    }
}
