import MatrixCore

/// Whether a value matches.
enum MatcherVerdict: Sendable, Hashable {
    case holds
    case fails
    /// The matcher cannot be applied to such a value, as if a word is compared with a number. Neither it nor its opposite holds.
    case inapplicable
    /// What was read does not decide it.
    case unclear(Doubt)

    init(_ holds: Bool) { self = holds ? .holds : .fails }

    var opposite: MatcherVerdict {
        switch self {
        case .holds: .fails
        case .fails: .holds
        case .inapplicable, .unclear: self
        }
    }

    /// Whether each of several holds.
    static func all(_ verdicts: some Sequence<MatcherVerdict>) -> MatcherVerdict {
        worst(of: verdicts, order: [.fails, .inapplicable]) ?? .holds
    }

    /// Whether at least one of several holds.
    static func any(_ verdicts: some Sequence<MatcherVerdict>) -> MatcherVerdict {
        let verdicts = Array(verdicts)
        if verdicts.contains(.holds) { return .holds }
        return verdicts.first(where: \.isUnclear) ?? (verdicts.contains(.inapplicable) ? .inapplicable : .fails)
    }

    var isUnclear: Bool { if case .unclear = self { true } else { false } }

    private static func worst(of verdicts: some Sequence<MatcherVerdict>, order: [MatcherVerdict]) -> MatcherVerdict? {
        let verdicts = Array(verdicts)
        return order.first { verdicts.contains($0) } ?? verdicts.first(where: \.isUnclear)
    }
}

/// Why nothing can be said of a value.
struct Doubt: Sendable, Hashable {
    /// A clause: `YAML 1.2 reads it as the number 777, and YAML 1.1 as the number 511`.
    var why: String
    /// What to do.
    var next: String

    init(_ scalar: UnclearScalar) {
        why = scalar.why
        next = "compare it with the text \(JSON.text(scalar.text)), or with something else"
    }

    /// - Parameter key: that is written several times.
    init(repeated key: String) {
        why = "the key \(Observed.display(.string(key))) is written more than once, so that programs disagree on its value"
        next = "let it be written once, or compare the text with contains: or matches:"
    }

    /// - Parameter size: of the part that was read.
    init(unreadAfter size: Int) {
        why = "only its first \(ByteSize.brief(size)) were read"
        next = "ask for less, for example with grep or tail"
    }
}
