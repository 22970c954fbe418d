/// A value as JSON and YAML know it: what variables, matchers and API answers are made of.
public indirect enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case list([Value])
    case map([String: Value])
}

extension Value {
    /// The member of a map, or nil.
    public subscript(key: String) -> Value? {
        if case .map(let members) = self { members[key] } else { nil }
    }

    /// The text of a string, or nil.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The elements of a list; empty for anything else.
    public var elements: [Value] {
        if case .list(let elements) = self { elements } else { [] }
    }

    /// The number of an integer or a decimal, or nil.
    public var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    /// What an interpolation writes into a text: scalars bare, lists and maps as JSON.
    public var text: String {
        switch self {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): "\(number)"
        case .double(let number): "\(number)"
        case .string(let text): text
        case .list, .map: json
        }
    }
}

extension Value: Nested {
    public func element(_ name: String) -> Value? {
        switch self {
        case .map(let members): members[name]
        case .list(let elements): elements.element(name)
        default: nil
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(stringLiteral text: String) { self = .string(text) }
    public init(integerLiteral number: Int) { self = .int(number) }
    public init(booleanLiteral flag: Bool) { self = .bool(flag) }
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
    public init(dictionaryLiteral members: (String, Value)...) { self = .map(Dictionary(members) { _, last in last }) }
}
