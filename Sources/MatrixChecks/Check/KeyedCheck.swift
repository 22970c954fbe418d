import MatrixCore

/// A kind whose keys are its properties, each a ``Key``.
protocol KeyedCheck: Check {
    init()
    /// What is asked; set before all else.
    var item: CheckItem { get set }
    /// What is wrong that no key alone shows.
    static func misfits(_ item: Document) -> [Diagnostic]
}

extension KeyedCheck {
    static func misfits(_ item: Document) -> [Diagnostic] { [] }

    init(_ item: CheckItem) throws {
        self.init()
        self.item = item
        _ = try item.subjectText()
        for (name, key) in keys(of: item.kind) {
            if let member = item.options.members.last(where: { $0.key == name }) { try key.read(member.value) }
        }
    }

    /// The declaration that the properties make.
    static func declared(_ kind: String, _ summary: String, example: String, asksFromElsewhere: Bool = false) -> Declaration {
        let keys = Self().keys(of: kind)
        return Declaration(
            kind: kind, subject: keys.first { $0.key.use == .subject }?.key.shape ?? .text,
            keys: keys.filter { $0.key.use != .subject }.map { KeyShape($0.name, $0.key.shape, $0.key.summary) }, summary: summary, example: example,
            asksFromElsewhere: asksFromElsewhere, examine: { Examination.name(kind, in: $0) + problems(in: $0, keys) + misfits($0) })
    }

    private static func problems(in item: Document, _ keys: [(name: String, key: any CheckKey)]) -> [Diagnostic] {
        let own = item.members.flatMap { member in keys.filter { $0.name == member.key }.flatMap { $0.key.examine(member.value) } }
        let assertions = keys.filter { $0.key.use == .assertion }.map(\.name)
        return own + keys.filter { $0.key.use == .presence }.flatMap { Examination.pointless(assertions, in: item, since: $0.name, is: false) }
    }

    /// Reflection names a wrapped property with an underscore.
    private func keys(of kind: String) -> [(name: String, key: any CheckKey)] {
        Mirror(reflecting: self).children.compactMap { label, value in
            guard let key = value as? any CheckKey, let label else { return nil }
            return (key.use == .subject ? kind : String(label.dropFirst()), key)
        }
    }
}
