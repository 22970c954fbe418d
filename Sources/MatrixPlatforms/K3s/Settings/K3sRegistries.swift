internal import MatrixCore

/// `/etc/rancher/k3s/registries.yaml` of every node: mirrors, and the credentials of registries.
struct K3sRegistries: Sendable, Hashable {
    /// The file's content.
    private(set) var value: Value
    /// What no log may show.
    private(set) var secrets: [String] = []

    /// - Parameter secrets: the values of the platform's secrets by the path of their key (`registries.configs.…`).
    init?(_ document: Document?, secrets: [String: String]) {
        guard let document, !document.members.isEmpty else { return nil }
        value = Self.filled(document, path: "registries", secrets: secrets)
        guard case .map(let registries)? = value["configs"] else { return }
        for registry in registries.values {
            self.secrets += ["password", "auth", "identity_token"].compactMap { registry["auth"]?[$0]?.text }.filter { !$0.isEmpty }
        }
    }

    /// The file's text: JSON is YAML.
    var text: String { value.json }

    private static func filled(_ document: Document, path: String, secrets: [String: String]) -> Value {
        if let secret = secrets[path] { return .string(secret) }
        switch document.content {
        case .map(let members):
            return .map(members.reduce(into: [:]) { $0[$1.key] = filled($1.value, path: "\(path).\($1.key)", secrets: secrets) })
        case .list(let elements): return .list(elements.map { filled($0, path: path, secrets: secrets) })
        default: return document.value
        }
    }
}
