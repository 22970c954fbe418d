internal import MatrixCore

/// Variables as Ansible gets them: everything is resolved except secrets, which become lookups of the environment.
struct AnsibleVariables {
    /// The content of the variables' file; holds no secret.
    let values: [String: Value]
    /// The secrets that the variables look up.
    let secrets: Set<String>

    init(_ document: Document?, scope: Scope, secrets names: SecretNames) throws {
        guard let document else {
            (values, secrets) = ([:], [])
            return
        }
        var used = SecretNames.references(in: document)
        let lookups = names.values.keys.map { ("\(SecretNames.prefix)\($0)", Self.lookup(of: names.variable(of: $0))) }
        let problems = document.secretsInExpressions
        if !problems.isEmpty { throw UsageError(problems) }
        let rendered = try scope.adding(Dictionary(lookups) { first, _ in first }).render(document)
        guard case .map(let members) = rendered.value else {
            (values, secrets) = ([:], used)
            return
        }
        values = members.mapValues { Self.hidden($0, names, &used) }
        secrets = used
    }

    private static func lookup(of variable: String) -> String { "{{ lookup('ansible.builtin.env', '\(variable)') }}" }

    /// A secret may also come through another name, such as `${vars.x}`: its value is replaced everywhere.
    ///
    /// Short secrets are not replaced, as they can also be parts of unrelated words.
    private static func hidden(_ value: Value, _ names: SecretNames, _ used: inout Set<String>) -> Value {
        switch value {
        case .string(var text):
            for (name, secret) in names.values where secret.count >= 8 && text.contains(secret) {
                text = text.replacing(secret, with: lookup(of: names.variable(of: name)))
                used.insert(name)
            }
            return .string(text)
        case .list(let elements): return .list(elements.map { hidden($0, names, &used) })
        case .map(let members): return .map(members.mapValues { hidden($0, names, &used) })
        default: return value
        }
    }
}
