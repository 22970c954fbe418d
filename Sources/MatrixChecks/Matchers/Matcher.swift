import MatrixCore

/// An assertion about one value: read from the matrix file, compared with the observed value, and shown in words.
indirect enum Matcher: Sendable, Hashable {
    /// The same value; text with text, number with number.
    case equals(Literal)
    /// A text holds each of these texts, a list an element that fits, a map each of these keys.
    case contains([Matcher])
    /// A regular expression is found in the text; `^` and `$` match at lines' ends.
    case matches(String)
    /// A number compares so with this one; the text is as written.
    case compares(Comparison, ExactNumber, String)
    /// The count of characters, elements or keys.
    case length(Matcher)
    case oneOf([Matcher])
    case not(Matcher)
    case all([Matcher])
    case any([Matcher])
    case version(VersionConstraint)
    /// Paths into JSON, each with what must be there.
    case json([PathMatcher])
    /// Paths into YAML, each with what must be there.
    case yaml([PathMatcher])
}

/// One dotted path into JSON or YAML with what must be there.
struct PathMatcher: Sendable, Hashable {
    var path: String
    var matcher: Matcher
}

extension Matcher {
    /// This number.
    static func number(_ number: Int) -> Matcher { .equals(.plain("\(number)")) }

    /// At least this number.
    static func atLeast(_ number: Int) -> Matcher { .compares(.greaterOrEqual, ExactNumber(number), "\(number)") }

    /// This matcher with every expected text changed, so that different spellings of one thing are equal.
    func mappingTexts(_ change: (String) -> String) -> Matcher {
        switch self {
        case .equals(let literal):
            guard let text = literal.text else { return self }
            let changed = change(text)
            return changed.isSame(as: text) ? self : .equals(.quoted(changed))
        case .contains, .matches, .compares, .length, .version, .json, .yaml: return self
        case .oneOf(let matchers): return .oneOf(matchers.map { $0.mappingTexts(change) })
        case .not(let matcher): return .not(matcher.mappingTexts(change))
        case .all(let matchers): return .all(matchers.map { $0.mappingTexts(change) })
        case .any(let matchers): return .any(matchers.map { $0.mappingTexts(change) })
        }
    }

    /// Whether any of its texts contains a character.
    func mentions(_ character: Character) -> Bool {
        switch self {
        case .equals(let literal): literal.mentions(character)
        case .matches(let pattern): pattern.contains(character)
        case .contains(let matchers), .oneOf(let matchers), .all(let matchers), .any(let matchers):
            matchers.contains { $0.mentions(character) }
        case .not(let matcher), .length(let matcher): matcher.mentions(character)
        default: false
        }
    }

    /// Whether it names a text as a value that matches.
    func names(_ text: String) -> Bool {
        switch self {
        case .equals(let literal): literal.text?.isSame(as: text) ?? false
        case .oneOf(let matchers), .all(let matchers), .any(let matchers): matchers.contains { $0.names(text) }
        case .not(let matcher): matcher.names(text)
        default: false
        }
    }
}
