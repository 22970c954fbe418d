import MatrixCore

/// A value that a host showed, without loss: its numbers keep their digits, and what cannot be read in one way says so.
indirect enum HostValue: Sendable {
    case null
    case bool(Bool)
    case number(HostNumber)
    /// A text of a document that has types: `"1"` is no number there.
    case string(String)
    /// What a program or a file shows, without types: `1` may be a number.
    case printed(String)
    /// The beginning of a text whose rest was not read, and how many bytes of it were.
    case beginning(String, Int)
    /// A scalar that has no single meaning.
    case unclear(UnclearScalar)
    /// What a key that is written several times stands for: programs disagree on which of the values counts.
    case repeated(String, [HostValue])
    case list([HostValue])
    case map([ExactText: HostValue])

    /// What a check observed by itself.
    init(_ value: Value) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .int(number)
        case .double(let number): self = ExactNumber(number).map { .number(HostNumber($0, written: "\(number)")) } ?? .printed("\(number)")
        case .string(let text): self = .printed(text)
        case .list(let elements): self = .list(elements.map { HostValue($0) })
        case .map(let members): self = .map(Dictionary(members.map { (ExactText($0.key), HostValue($0.value)) }) { _, last in last })
        }
    }

    /// A number that a check counted or read.
    static func int(_ number: Int) -> HostValue { .number(HostNumber(ExactNumber(number), written: "\(number)")) }

    /// As it was written; lists and maps as JSON.
    var text: String {
        switch self {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): number.written
        case .string(let text), .printed(let text), .beginning(let text, _): text
        case .unclear(let scalar): scalar.text
        case .repeated, .list, .map: json
        }
    }

    /// Compact JSON with sorted keys; numbers as they were written.
    var json: String {
        switch self {
        case .null: "null"
        case .bool, .number: text
        case .string(let text), .printed(let text), .beginning(let text, _): JSON.text(text)
        case .unclear(let scalar): JSON.text(scalar.text)
        case .repeated(_, let values): values.map(\.json).joined(separator: " or ")
        case .list(let elements): "[\(elements.map(\.json).joined(separator: ","))]"
        case .map(let members):
            "{\(members.sorted { $0.key < $1.key }.flatMap { Self.json($0.key.text, $0.value) }.joined(separator: ","))}"
        }
    }

    /// A key that is written several times stands there as often.
    private static func json(_ key: String, _ value: HostValue) -> [String] {
        let values = if case .repeated(_, let values) = value { values } else { [value] }
        return values.map { "\(JSON.text(key)):\($0.json)" }
    }
}

extension HostValue: Equatable {
    /// Whether no reader could tell them apart: texts by their bytes, numbers by their digits.
    static func == (left: HostValue, right: HostValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.number(let one), .number(let other)): one.written.isSame(as: other.written)
        case (.string(let one), .string(let other)), (.printed(let one), .printed(let other)): one.isSame(as: other)
        case (.beginning(let one, let size), .beginning(let other, let otherSize)): size == otherSize && one.isSame(as: other)
        case (.unclear(let one), .unclear(let other)): one.text.isSame(as: other.text)
        case (.repeated(_, let one), .repeated(_, let other)), (.list(let one), .list(let other)): one == other
        case (.map(let one), .map(let other)): one == other
        default: false
        }
    }
}

extension [ExactText: HostValue] {
    /// Adds a member of a document. If its key is there with another value, it stands for both from then on.
    mutating func add(_ value: HostValue, as key: String) {
        switch self[ExactText(key)] {
        case nil: self[ExactText(key)] = value
        case .repeated(_, let values): if !values.contains(value) { self[ExactText(key)] = .repeated(key, values + [value]) }
        case let first?: if first != value { self[ExactText(key)] = .repeated(key, [first, value]) }
        }
    }
}

extension HostValue: Nested {
    func element(_ name: String) -> HostValue? {
        switch self {
        case .map(let members): members[ExactText(name)]
        // What is below a key that is written several times is as unknown as its value.
        case .repeated: self
        case .list(let elements): elements.element(name)
        default: nil
        }
    }
}

/// A number of a document.
struct HostNumber: Sendable, Hashable {
    let value: ExactNumber
    let written: String
    /// Whether it stands in YAML in a form that may also be a version or a mode: it is then equal to that text, too.
    let isAlsoText: Bool

    init(_ value: ExactNumber, written: String, isAlsoText: Bool = false) {
        self.value = value
        self.written = written
        self.isAlsoText = isAlsoText
    }
}

/// A scalar that cannot be read in one way only. It matches as the text that it is, and nothing else can be said of it.
struct UnclearScalar: Sendable, Hashable {
    var text: String
    /// A clause: `YAML 1.2 reads it as 777, YAML 1.1 as 511`.
    var why: String
}
