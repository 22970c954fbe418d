import MatrixCore

/// Properties that are keys of one map of the matrix file, each a ``Key``.
protocol KeySet: Sendable {
    /// The values if the file has none of the keys.
    init()
}

extension KeySet {
    init(reading item: Document) throws {
        self.init()
        try read(item)
    }

    /// - Parameter kind: the name of the kind's own key, if one of the properties is that key.
    func read(_ item: Document, kind: String = "") throws {
        for (name, key) in keys(of: kind) {
            if let member = item.members.last(where: { $0.key == name }) { try key.read(member.value) }
        }
    }

    static func declared(kind: String = "") -> DeclaredKeys { DeclaredKeys(keys: Self().keys(of: kind)) }

    /// Reflection names a wrapped property with an underscore.
    private func keys(of kind: String) -> [(name: String, key: any CheckKey)] {
        Mirror(reflecting: self).children.compactMap { label, value in
            guard let key = value as? any CheckKey, let label else { return nil }
            return (key.use == .name || key.use == .subject ? kind : String(label.dropFirst()), key)
        }
    }
}

/// The keys of a ``KeySet`` without values. They are kept: finding them takes longer than an examination.
struct DeclaredKeys: Sendable {
    fileprivate let keys: [(name: String, key: any CheckKey)]

    /// In the order of the properties.
    var shapes: [KeyShape] {
        keys.map { name, key in KeyShape(name, key.declaration.shape, key.declaration.summary, required: key.declaration.required) }
    }

    /// What is wrong with the keys of an item, references unresolved.
    @Sendable func problems(in item: Document) -> [Diagnostic] {
        let names = keys.filter { $0.key.use == .name }.flatMap { Examination.name($0.name, in: item) }
        let own = item.members.flatMap { member in keys.filter { $0.name == member.key }.flatMap { $0.key.examine(member.value) } }
        let assertions = keys.filter { $0.key.use == .assertion }.map(\.name)
        return names + own
            + keys.filter { $0.key.use == .presence }.flatMap { Examination.pointless(assertions, in: item, since: $0.name, is: false) }
    }
}
