import MatrixCore

/// `secrets:`: names, each with its source, never the secret itself.
enum SecretsSection {
    static let key = KeyShape("secrets", .map(.secretSource), "Secrets, each with its source; they are never printed")

    static func sources(of document: Document?, home: String?) -> [String: SecretSource] {
        let sources = (document?.members ?? []).compactMap { SecretSource(name: $0.key, document: $0.value, home: home) }
        return Dictionary(sources.map { ($0.name, $0) }) { _, last in last }
    }

    /// Vaults whose password is not a secret of the file, or needs the vault itself.
    static func check(_ document: Document?, problems: Problems) {
        let members = document?.members ?? []
        checkNames(members, problems: problems)
        let passwords = Dictionary(
            members.compactMap { member in member.value["vault"]?["password"].flatMap { password in password.text.map { (member.key, $0) } }
            }
        ) { _, last in last }
        let names = Set(members.map(\.key))
        let circular = circular(passwords)
        for member in members {
            guard let password = member.value["vault"]?["password"], let name = password.text else { continue }
            if !names.contains(name) {
                let hint = Hint.meant(name, among: members.map(\.key).filter { $0 != member.key }, otherwise: "there are")
                problems.error(at: password.location, "there is no secret `\(name)` to open the vault with", hint: hint)
            } else if circular.contains(member.key) {
                problems.error(
                    at: password.location, "the vault of `\(member.key)` needs itself to be opened",
                    hint: "take its password from another source")
            }
        }
    }

    /// Children get secrets as `SOLTI_SECRET_<NAME>`: names that differ only in case and punctuation would become one variable.
    private static func checkNames(_ members: [Document.Member], problems: Problems) {
        var seen: [String: String] = [:]
        for member in members {
            let variable = SecretSource.variable(of: member.key)
            if let other = seen[variable], other != member.key {
                let hint = "name them so that they differ in letters or digits; deployers get both as \(variable)"
                problems.error(at: member.keyLocation, "the secrets `\(other)` and `\(member.key)` cannot be told apart", hint: hint)
            }
            seen[variable] = member.key
        }
    }

    /// The secrets whose vaults need themselves to be opened, directly or through others.
    private static func circular(_ passwords: [String: String]) -> Set<String> {
        var circular: Set<String> = []
        var done: Set<String> = []
        for name in passwords.keys {
            var path: [String] = []
            var onPath: Set<String> = []
            var next: String? = name
            while let current = next, !done.contains(current), onPath.insert(current).inserted {
                path.append(current)
                next = passwords[current]
            }
            if let next, onPath.contains(next) { circular.formUnion(path.drop { $0 != next }) }
            done.formUnion(path)
        }
        return circular
    }
}
