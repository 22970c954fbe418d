import MatrixCore

/// A kind whose own properties are its keys.
protocol KeyedCheck: Check, KeySet {
    /// What is asked.
    var item: CheckItem { get set }
    /// Problems that involve more than one key.
    static func misfits(_ item: Document) -> [Diagnostic]
}

extension KeyedCheck {
    static func misfits(_ item: Document) -> [Diagnostic] { [] }

    init(_ item: CheckItem) throws { try self.init(reading: item) }

    /// Reads the keys; for kinds that make more of them.
    init(reading item: CheckItem) throws {
        self.init()
        if case .text = Self.declaration.subject { _ = try item.subjectText() }
        self.item = item
        try read(item.options, kind: item.kind)
    }

    /// The declaration that the properties make.
    static func declared(_ kind: String, _ summary: String, example: String, asksFromElsewhere: Bool = false, remembers: Bool = false)
        -> Declaration
    {
        let keys = declared(kind: kind)
        let shapes = keys.shapes
        return Declaration(
            kind: kind, subject: shapes.first { $0.name == kind }?.shape ?? .text, keys: shapes.filter { $0.name != kind },
            summary: summary,
            example: example, asksFromElsewhere: asksFromElsewhere, remembers: remembers,
            examine: { keys.problems(in: $0) + misfits($0) + MemoryItem.problems(in: $0) })
    }
}
