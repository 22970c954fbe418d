import MatrixCore

extension Scope {
    /// A value with every reference in every string replaced.
    func render(_ value: Value) throws -> Value {
        switch value {
        case .string(let text): .string(try render(text))
        case .list(let elements): .list(try elements.map { try render($0) })
        case .map(let members): .map(try members.mapValues { try render($0) })
        default: value
        }
    }
}
