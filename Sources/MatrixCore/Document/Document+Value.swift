extension Document {
    /// A tree made from an untyped value, such as settings that the ledger kept; every part has the same location.
    public init(value: Value, at location: SourceLocation) {
        self.init(Self.content(of: value, at: location), at: location)
    }

    private static func content(of value: Value, at location: SourceLocation) -> Content {
        switch value {
        case .null: .null
        case .bool, .int, .double: .scalar(value.text, plain: true)
        case .string(let text): .scalar(text, plain: false)
        case .list(let elements): .list(elements.map { Document(value: $0, at: location) })
        case .map(let members):
            .map(
                members.sorted { $0.key < $1.key }.map {
                    Member(key: $0.key, keyLocation: location, value: Document(value: $0.value, at: location))
                })
        }
    }
}
