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

    init(_ item: CheckItem) throws { try self.init(reading: item) }

    /// Reads the keys; for kinds that make more of them.
    init(reading item: CheckItem) throws {
        self.init()
        self.item = item
        for (name, key) in keys(of: item.kind) {
            if case .name = key.use { _ = try item.subjectText() }
            if let member = item.options.members.last(where: { $0.key == name }) { try key.read(member.value) }
        }
    }

    /// The declaration that the properties make.
    static func declared(_ kind: String, _ summary: String, example: String, asksFromElsewhere: Bool = false) -> Declaration {
        let keys = Self().keys(of: kind)
        let shapes = keys.map { name, key in KeyShape(name, key.declaration.shape, key.declaration.summary, required: key.declaration.required) }
        return Declaration(
            kind: kind, subject: shapes.first { $0.name == kind }?.shape ?? .text, keys: shapes.filter { $0.name != kind }, summary: summary, example: example,
            asksFromElsewhere: asksFromElsewhere, examine: { problems(in: $0, keys) + misfits($0) })
    }

    private static func problems(in item: Document, _ keys: [(name: String, key: any CheckKey)]) -> [Diagnostic] {
        let names = keys.filter { $0.key.use == .name }.flatMap { Examination.name($0.name, in: item) }
        let own = item.members.flatMap { member in keys.filter { $0.name == member.key }.flatMap { $0.key.examine(member.value) } }
        let assertions = keys.filter { $0.key.use == .assertion }.map(\.name)
        return names + own + keys.filter { $0.key.use == .presence }.flatMap { Examination.pointless(assertions, in: item, since: $0.name, is: false) }
    }

    /// Reflection names a wrapped property with an underscore.
    private func keys(of kind: String) -> [(name: String, key: any CheckKey)] {
        Mirror(reflecting: self).children.compactMap { label, value in
            guard let key = value as? any CheckKey, let label else { return nil }
            return (key.use == .name || key.use == .subject ? kind : String(label.dropFirst()), key)
        }
    }
}
