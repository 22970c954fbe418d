internal import MatrixCore

/// A step's `vars:` as Ansible gets them: everything is resolved except secrets, which become lookups of the environment.
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
        // A lookup cannot be inside another Jinja expression.
        let problems = Self.nested(document)
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

    /// One error for each secret inside `{{ }}`.
    static func nested(_ document: Document) -> [Diagnostic] {
        document.scalars.flatMap { text, location in
            Template.references(in: text).filter { $0.name.hasPrefix(SecretNames.prefix) }.compactMap { reference in
                let before = text.prefix(reference.offset)
                guard before.ranges(of: "{{").count > before.ranges(of: "}}").count else { return nil }
                return Diagnostic(
                    at: location, "${\(reference.name)} cannot be used inside {{ }}",
                    hint: "define a separate variable for it and use that in the expression")
            }
        }
    }
}
