extension Shape {
    /// Where a secret of `secrets:` comes from: a map with exactly one of `env`, `file`, `command` and `vault`.
    public static var secretSource: Shape {
        .object(
            ObjectShape(
                "the source of a secret", sources + [KeyShape("vault", .object(vaultSource), "A key of an Ansible vault file")],
                exactlyOne: true))
    }

    /// Where a platform's credential comes from: the same without `vault`. `matrix reap` needs it without the secret that opens a vault.
    public static var credentialSource: Shape { .object(ObjectShape("the source of a credential", sources, exactlyOne: true)) }

    private static var sources: [KeyShape] {
        [
            KeyShape("env", .text, "The environment variable that holds it"),
            KeyShape("file", .text, "A file that holds it; the final newline is not part of it"),
            KeyShape("command", .list(.text), "A program on this machine and its arguments, which prints it"),
        ]
    }

    private static var vaultSource: ObjectShape {
        ObjectShape(
            "a secret in a vault",
            [
                KeyShape("file", .text, "The vault file", required: true),
                KeyShape("key", .text, "The variable in it", required: true),
                KeyShape("password", .text, "The name of the secret that opens the vault", required: true),
            ])
    }
}

extension SecretSource {
    /// The sources of all secrets below a document, such as a platform's settings; each has the path of its key as its name.
    ///
    /// - Parameter home: what a leading `~` of a path stands for.
    public static func all(in document: Document, home: String?) -> [SecretSource] {
        all(in: document, path: [], home: home)
    }

    private static func all(in document: Document, path: [String], home: String?) -> [SecretSource] {
        if !path.isEmpty, let source = SecretSource(name: path.joined(separator: "."), document: document, home: home) { return [source] }
        return document.members.flatMap { all(in: $0.value, path: path + [$0.key], home: home) }
    }

    /// The variable of the environment that holds it; nil for another source.
    public var environmentVariable: String? { if case .environment(let name) = origin { name } else { nil } }

    /// Reads what ``Shape/secretSource`` and ``Shape/credentialSource`` describe; nil if the document is not a source.
    ///
    /// - Parameter home: what a leading `~` of a path stands for.
    public init?(name: String, document: Document, home: String?) {
        func path(_ document: Document) -> String? {
            document.text.map { FileReference.resolve($0, namedIn: document.location.file, home: home) }
        }
        if let variable = document["env"]?.text {
            self.init(name: name, origin: .environment(variable), location: document.location)
        } else if let file = document["file"].flatMap(path) {
            self.init(name: name, origin: .file(file), location: document.location)
        } else if let command = document["command"]?.texts, !command.isEmpty {
            self.init(name: name, origin: .command(command), location: document.location)
        } else if let vault = document["vault"], let file = vault["file"].flatMap(path), let key = vault["key"]?.text,
            let password = vault["password"]?.text
        {
            self.init(name: name, origin: .vault(file: file, key: key, password: password), location: document.location)
        } else {
            return nil
        }
    }
}
