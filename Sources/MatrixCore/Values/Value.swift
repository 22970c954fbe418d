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

    /// The element that a dotted path names: `status`, `data.0.name`, `checks.influxdb.status`.
    ///
    /// A key that itself holds dots can be written in brackets: `labels["app.kubernetes.io/name"]`.
    public func element(at path: String) -> Value? {
        var current = self
        for part in Self.parts(of: path) {
            switch current {
            case .map(let members):
                guard let next = members[part] else { return nil }
                current = next
            case .list(let elements):
                guard let index = Int(part), elements.indices.contains(index) else { return nil }
                current = elements[index]
            default: return nil
            }
        }
        return current
    }

    /// The keys and indices of a dotted path.
    public static func parts(of path: String) -> [String] {
        var parts: [String] = []
        var current = ""
        var bracketed = false
        for character in path {
            switch character {
            case "." where !bracketed:
                if !current.isEmpty { parts.append(current) }
                current = ""
            case "[" where !bracketed:
                if !current.isEmpty { parts.append(current) }
                current = ""
                bracketed = true
            case "]" where bracketed && !current.isOpenQuote:
                parts.append(current.trimmingQuotes)
                current = ""
                bracketed = false
            default: current.append(character)
            }
        }
        if !current.isEmpty { parts.append(current) }
        return parts
    }
}

extension String {
    /// Whether it begins with a quote that it does not end with.
    fileprivate var isOpenQuote: Bool {
        guard let first, first == "\"" || first == "'" else { return false }
        return count < 2 || last != first
    }

    /// This text without the double or single quotes that surround it.
    fileprivate var trimmingQuotes: String {
        guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return self }
        return String(dropFirst().dropLast())
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
