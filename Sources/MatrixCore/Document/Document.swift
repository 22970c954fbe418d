/// A tree of values with their positions: every part reads its options from it.
///
/// Scalars keep their text, so `1.10` stays text where text is expected, and `no` is not a boolean where a name is expected.
public struct Document: Sendable, Hashable {
    /// One value of the file.
    public indirect enum Content: Sendable, Hashable {
        case null
        /// A scalar's text; `plain` marks an unquoted one, which may also be read as a number or a boolean.
        case scalar(String, plain: Bool)
        case list([Document])
        case map([Member])
    }

    /// One key of a map with its value, in the file's order.
    public struct Member: Sendable, Hashable {
        public var key: String
        public var keyLocation: SourceLocation
        public var value: Document

        public init(key: String, keyLocation: SourceLocation, value: Document) {
            self.key = key
            self.keyLocation = keyLocation
            self.value = value
        }
    }

    public var content: Content
    /// Where the value begins.
    public var location: SourceLocation

    public init(_ content: Content, at location: SourceLocation) {
        self.content = content
        self.location = location
    }

    /// The value of a key; nil if this is not a map or has no such key. An explicit `null` counts as absent.
    public subscript(key: String) -> Document? {
        guard let member = members.last(where: { $0.key == key }), member.value.content != .null else { return nil }
        return member.value
    }

    /// Whether a map has this key at all, even with `null`.
    public func has(_ key: String) -> Bool { members.contains { $0.key == key } }

    /// The members of a map, in the file's order; empty for anything else.
    public var members: [Member] {
        if case .map(let members) = content { members } else { [] }
    }

    /// The elements of a list; empty for anything else.
    public var elements: [Document] {
        if case .list(let elements) = content { elements } else { [] }
    }

    /// The elements of a list, or this single value as a list of one.
    public var oneOrMore: [Document] {
        switch content {
        case .null: []
        case .list(let elements): elements
        default: [self]
        }
    }

    /// A scalar's text as written in the file; nil for lists, maps and null.
    public var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    /// The texts of a list of scalars, or of a single scalar.
    public var texts: [String] { oneOrMore.compactMap(\.text) }

    /// The scalar as an integer; nil if it is not one.
    public var int: Int? { text.flatMap { Int($0) } }

    /// The scalar as a number; nil if it is not one.
    public var double: Double? { text.flatMap { Double($0) } }

    /// `true` or `false`; YAML 1.1's `yes`, `no`, `on`, `off` are text.
    public var bool: Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// A duration such as `90s`.
    public var duration: Duration? { text.flatMap { Duration(text: $0) } }

    /// A size in bytes such as `8GiB`.
    public var bytes: Int? { text.flatMap { ByteSize.parse($0) } }

    /// The untyped value by YAML 1.2's core schema; quoted scalars are always strings.
    ///
    /// A number that would be written differently stays a string: `1.10`, `3.0`, `0644` and `12e5` are
    /// versions, modes and hashes, and must reach a deployer unchanged.
    public var value: Value {
        switch content {
        case .null: .null
        case .scalar(let text, let plain): plain ? Self.resolve(text) : .string(text)
        case .list(let elements): .list(elements.map(\.value))
        case .map(let members): .map(Dictionary(members.map { ($0.key, $0.value.value) }) { _, last in last })
        }
    }

    private static func resolve(_ text: String) -> Value {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        guard let first = text.first, first.isASCII, first.isNumber || "+-.".contains(first) else { return .string(text) }
        if let number = Int(text), "\(number)" == text { return .int(number) }
        if let number = Double(text), number.isFinite, "\(number)" == text, Value.double(number).json == text { return .double(number) }
        return .string(text)
    }
}
