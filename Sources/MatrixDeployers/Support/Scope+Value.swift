import MatrixCore

extension Scope {
    /// A value with every reference in every string replaced.
    func render(_ value: Value, at location: SourceLocation? = nil) throws -> Value {
        switch value {
        case .string(let text): .string(try render(text, at: location))
        case .list(let elements): .list(try elements.map { try render($0, at: location) })
        case .map(let members): .map(try members.mapValues { try render($0, at: location) })
        default: value
        }
    }
}
