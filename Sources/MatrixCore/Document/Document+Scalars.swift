extension Document {
    /// The texts at any depth, each with its position.
    public var scalars: [(text: String, location: SourceLocation)] {
        switch content {
        case .null: []
        case .scalar(let text, _): [(text, location)]
        case .list(let elements): elements.flatMap(\.scalars)
        case .map(let members): members.flatMap(\.value.scalars)
        }
    }

    /// One error for each secret inside `{{ }}`: secrets become lookups, which cannot be inside another Jinja expression.
    public var secretsInExpressions: [Diagnostic] {
        scalars.flatMap { text, location in
            Template.references(in: text).filter { $0.name.hasPrefix("secrets.") }.compactMap { reference in
                let before = text.prefix(reference.offset)
                guard before.ranges(of: "{{").count > before.ranges(of: "}}").count else { return nil }
                return Diagnostic(
                    at: location, "${\(reference.name)} cannot be used inside {{ }}",
                    hint: "define a separate variable for it and use that in the expression")
            }
        }
    }
}
