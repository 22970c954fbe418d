import MatrixCore

/// A value as it was written in the matrix file.
indirect enum Literal: Sendable, Hashable {
    case null
    /// In quotes: a text.
    case quoted(String)
    /// Without quotes: a number, a boolean or a text.
    case plain(String)
    case list([Literal])
    case map([ExactText: Literal])

    init(_ document: Document) {
        switch document.content {
        case .null: self = .null
        case .scalar(let text, let plain): self = plain ? .plain(text) : .quoted(text)
        case .list(let elements): self = .list(elements.map { Literal($0) })
        case .map(let members): self = .map(Dictionary(members.map { (ExactText($0.key), Literal($0.value)) }) { _, last in last })
        }
    }

    /// The scalar's text; nil for lists, maps and null.
    var text: String? {
        switch self {
        case .quoted(let text), .plain(let text): text
        default: nil
        }
    }

    /// How it is shown: text is quoted.
    var display: String { Observed.display(shown) }

    private var shown: HostValue {
        switch self {
        case .null: .null
        case .quoted(let text): .printed(text)
        case .plain(let text):
            if let flag = Self.flag(text) {
                .bool(flag)
            } else if Self.isNumberOnly(text), let number = ExactNumber(text) {
                .number(HostNumber(number, written: text))
            } else {
                .printed(text)
            }
        case .list(let elements): .list(elements.map(\.shown))
        case .map(let members): .map(members.mapValues(\.shown))
        }
    }

    /// Whether any of its texts contains a character.
    func mentions(_ character: Character) -> Bool {
        switch self {
        case .null: false
        case .quoted(let text), .plain(let text): text.contains(character)
        case .list(let elements): elements.contains { $0.mentions(character) }
        case .map(let members): members.contains { $0.key.text.contains(character) || $0.value.mentions(character) }
        }
    }

    /// Whether a plain scalar can be nothing but a number or a boolean. `1.10` and `0644` may also be texts.
    private static func isTyped(_ text: String) -> Bool { flag(text) != nil || isNumberOnly(text) }

    private static func isNumberOnly(_ text: String) -> Bool { ExactNumber.isPlainlyWritten(text) }

    private static func flag(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }
}

extension Literal {
    /// Whether a value is equal: of documents with types a number equals a number and a text a text, and what a program prints is
    /// compared as text.
    func verdict(on value: HostValue) -> MatcherVerdict {
        switch value {
        case .null: MatcherVerdict(self == .null)
        case .bool(let flag): MatcherVerdict(isPlain { Self.flag($0) == flag })
        case .number(let number): MatcherVerdict(isPlain { ExactNumber($0) == number.value } || number.isAlsoText && isText(number.written))
        case .string(let observed): MatcherVerdict(isText(observed) && !isPlain(Self.isTyped))
        case .printed(let observed): MatcherVerdict(isText(observed))
        case .beginning(let observed, let size):
            text?.utf8.starts(with: observed.utf8) == true ? .unclear(Doubt(unreadAfter: size)) : .fails
        case .unclear(let scalar): isText(scalar.text) ? .holds : .unclear(Doubt(scalar))
        case .repeated(let key, _): .unclear(Doubt(repeated: key))
        case .list(let observed): verdict(onList: observed)
        case .map(let observed): verdict(onMap: observed)
        }
    }

    private func verdict(onList observed: [HostValue]) -> MatcherVerdict {
        guard case .list(let expected) = self, expected.count == observed.count else { return .fails }
        return .all(zip(expected, observed).map { $0.verdict(on: $1) })
    }

    private func verdict(onMap observed: [ExactText: HostValue]) -> MatcherVerdict {
        guard case .map(let expected) = self, expected.count == observed.count else { return .fails }
        return .all(expected.map { key, literal in observed[key].map { literal.verdict(on: $0) } ?? .fails })
    }

    private func isText(_ other: String) -> Bool { text?.isSame(as: other) ?? false }

    private func isPlain(_ fits: (String) -> Bool) -> Bool {
        if case .plain(let text) = self { fits(text) } else { false }
    }

    /// What to write instead if a value differs in its type alone; nil if it differs in more.
    func advice(for value: HostValue) -> String? {
        switch (value, self) {
        case (.string(let observed), .plain(let text)) where text.isSame(as: observed): "a text: write it in quotes"
        case (.number(let number), .quoted(let text)) where ExactNumber(text) == number.value: "a number: write it without quotes"
        case (.bool(let flag), .quoted(let text)) where Self.flag(text) == flag: "a boolean: write it without quotes"
        default: nil
        }
    }
}
