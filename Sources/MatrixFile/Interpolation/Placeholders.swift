import MatrixCore

/// What stands for variables of the environment if a file is only looked at: `⟨NAME⟩`.
///
/// The file may be a stranger's. A variable that is not set is then no error, and one whose name says that it is a secret is not read, even
/// if it is set: the text of an error, the name of a cell or a warning would carry it.
final class Placeholders {
    /// The variables for which a placeholder stands, in the order in which they were named.
    private(set) var names: [String] = []
    private var known: Set<String> = []

    private static let opening: Character = "⟨"

    func text(for variable: String) -> String {
        if known.insert(variable).inserted { names.append(variable) }
        return "\(Self.opening)\(variable)⟩"
    }

    /// Whether a text holds a placeholder: its value is not known.
    static func isIn(_ text: String) -> Bool { text.contains(opening) }

    /// Whether a document holds one anywhere.
    static func isIn(_ document: Document) -> Bool {
        switch document.content {
        case .null: false
        case .scalar(let text, _): isIn(text)
        case .list(let elements): elements.contains(where: isIn)
        case .map(let members): members.contains { isIn($0.value) }
        }
    }

    /// The environment without its secrets.
    static func harmless(_ environment: [String: String]) -> [String: String] {
        environment.filter { name, _ in !isSecret(name) }
    }

    /// Whether the name of a variable says that it is a secret: `CI_DEPLOY_KEY`, `AWS_SECRET_ACCESS_KEY`, `PGPASSWORD`, `GITHUB_TOKEN`.
    static func isSecret(_ name: String) -> Bool {
        let name = name.uppercased()
        return words.contains { name.contains($0) } || name.hasSuffix("_PAT")
    }

    private static let words = [
        "TOKEN", "SECRET", "PASS", "PWD", "KEY", "CREDENTIAL", "AUTH", "PRIVATE", "COOKIE", "SESSION", "WEBHOOK", "DSN", "JWT",
    ]
}
