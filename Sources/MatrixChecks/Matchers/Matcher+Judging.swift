import MatrixCore

extension Matcher {
    /// Why a value does not match, or why that is unknown; empty if it matches.
    ///
    /// - Parameter order: how versions compare on the host that the value comes from.
    func mismatches(with value: HostValue, order: VersionOrder) -> [Mismatch] {
        switch self {
        case .all(let matchers): return matchers.flatMap { $0.mismatches(with: value, order: order) }
        case .json(let paths): return Self.mismatches(of: paths, in: value, as: .json, order: order)
        case .yaml(let paths): return Self.mismatches(of: paths, in: value, as: .yaml, order: order)
        default:
            switch verdict(on: value, order: order) {
            case .holds: return []
            case .fails, .inapplicable: return [Mismatch(expected: words, observed: observation(of: value, order: order))]
            case .unclear(let doubt): return [Mismatch(expected: words, observed: Observed.display(value), doubt: doubt)]
            }
        }
    }

    /// The same for a value that a check observed by itself.
    func mismatches(with value: Value, order: VersionOrder) -> [Mismatch] { mismatches(with: HostValue(value), order: order) }

    /// Whether a text that a check observed fits.
    func fits(_ text: String, order: VersionOrder) -> Bool { verdict(on: .printed(text), order: order) == .holds }

    /// Whether a value matches.
    func verdict(on value: HostValue, order: VersionOrder) -> MatcherVerdict {
        if case .repeated(let key, _) = value { return .unclear(Doubt(repeated: key)) }
        return switch self {
        case .equals(let literal): literal.verdict(on: value)
        case .contains(let matchers): .all(matchers.map { Self.isFound($0, in: value, order: order) })
        case .matches(let pattern): Self.isFound(pattern, in: value)
        case .compares(let comparison, let number, _): Self.verdict(on: value, comparison, number)
        case .length(let matcher): Self.length(of: value, fits: matcher, order: order)
        case .oneOf(let matchers), .any(let matchers): .any(matchers.map { $0.verdict(on: value, order: order) })
        case .not(let matcher): matcher.verdict(on: value, order: order).opposite
        case .all(let matchers): .all(matchers.map { $0.verdict(on: value, order: order) })
        case .version(let constraint): Self.verdict(on: value, constraint, order)
        case .json(let paths): Self.verdict(of: paths, in: value, as: .json, order: order)
        case .yaml(let paths): Self.verdict(of: paths, in: value, as: .yaml, order: order)
        }
    }

    /// What was there, and why the matcher cannot be applied to it.
    private func observation(of value: HostValue, order: VersionOrder) -> String {
        let shown = Observed.display(value)
        switch self {
        case .equals(let literal): return literal.advice(for: value).map { "\(shown), which is \($0)" } ?? shown
        case .length: return Self.length(of: value).map { "\($0) (\(shown))" } ?? "\(shown), which has no length"
        case .not(let matcher):
            return matcher.verdict(on: value, order: order) == .inapplicable ? matcher.observation(of: value, order: order) : shown
        case .compares where verdict(on: value, order: order) == .inapplicable: return "\(shown), which is not a number"
        case .version where verdict(on: value, order: order) == .inapplicable: return "\(shown), which is not a version"
        case .json where verdict(on: value, order: order) == .inapplicable: return "\(shown), which is not JSON"
        case .yaml where verdict(on: value, order: order) == .inapplicable: return "\(shown), which is not YAML"
        default: return shown
        }
    }
}

// MARK: - One operator

extension Matcher {
    private static func isFound(_ matcher: Matcher, in value: HostValue, order: VersionOrder) -> MatcherVerdict {
        switch value {
        case .list(let elements): return .any(elements.map { matcher.verdict(on: $0, order: order) })
        case .map(let members): return .any(members.keys.sorted().map { matcher.verdict(on: .printed($0.text), order: order) })
        case .null: return .fails
        case .beginning(let text, let size):
            guard case .equals(let literal) = matcher, let wanted = literal.text else { return matcher.verdict(on: value, order: order) }
            return text.holds(wanted) ? .holds : .unclear(Doubt(unreadAfter: size))
        default:
            guard case .equals(let literal) = matcher, let wanted = literal.text else { return matcher.verdict(on: value, order: order) }
            return MatcherVerdict(value.text.holds(wanted))
        }
    }

    /// In the beginning of a text, only whole lines count, and the text's end is unknown.
    private static func isFound(_ pattern: String, in value: HostValue) -> MatcherVerdict {
        guard case .beginning(let text, let size) = value else { return MatcherVerdict(Pattern.isFound(pattern, in: value.text)) }
        let asksForEnd = pattern.contains("\\z") || pattern.contains("\\Z")
        guard !asksForEnd, let end = text.utf8.lastIndex(of: UInt8(ascii: "\n")) else { return .unclear(Doubt(unreadAfter: size)) }
        let lines = text[..<end].utf8.last == UInt8(ascii: "\r") ? text[..<text.utf8.index(before: end)] : text[..<end]
        return Pattern.isFound(pattern, in: String(lines)) ? .holds : .unclear(Doubt(unreadAfter: size))
    }

    private static func verdict(on value: HostValue, _ comparison: Comparison, _ number: ExactNumber) -> MatcherVerdict {
        switch value {
        case .number(let observed): return MatcherVerdict(comparison.holds(observed.value, number))
        case .string(let text), .printed(let text):
            let words = text.words
            guard words.count == 1, let observed = ExactNumber(words[0]) else { return .inapplicable }
            return MatcherVerdict(comparison.holds(observed, number))
        case .beginning(_, let size): return .unclear(Doubt(unreadAfter: size))
        case .unclear(let scalar): return .unclear(Doubt(scalar))
        default: return .inapplicable
        }
    }

    private static func verdict(on value: HostValue, _ constraint: VersionConstraint, _ order: VersionOrder) -> MatcherVerdict {
        switch value {
        case .beginning(_, let size): return .unclear(Doubt(unreadAfter: size))
        case .number, .string, .printed, .unclear:
            let words = value.text.words
            return words.count == 1 ? MatcherVerdict(constraint.holds(for: String(words[0]), in: order)) : .inapplicable
        default: return .inapplicable
        }
    }

    private static func length(of value: HostValue, fits matcher: Matcher, order: VersionOrder) -> MatcherVerdict {
        if case .beginning(_, let size) = value { return .unclear(Doubt(unreadAfter: size)) }
        return length(of: value).map { matcher.verdict(on: .int($0), order: order) } ?? .inapplicable
    }

    private static func length(of value: HostValue) -> Int? {
        switch value {
        case .string(let text), .printed(let text): text.unicodeScalars.count
        case .unclear(let scalar): scalar.text.unicodeScalars.count
        case .list(let elements): elements.count
        case .map(let members): members.count
        default: nil
        }
    }
}

// MARK: - Paths

extension Matcher {
    /// What a text that paths lead into is written in.
    private enum Notation: String {
        case json = "JSON"
        case yaml = "YAML"

        func value(of text: String) -> HostValue? {
            switch self {
            case .json: HostJSONReader.value(of: text)
            case .yaml: HostYAMLReader.value(of: text)
            }
        }
    }

    /// A text is read first; nil if it cannot be read.
    private static func root(of value: HostValue, as notation: Notation) -> HostValue? {
        switch value {
        case .string(let text), .printed(let text): notation.value(of: text)
        default: value
        }
    }

    private static func verdict(of paths: [PathMatcher], in value: HostValue, as notation: Notation, order: VersionOrder) -> MatcherVerdict
    {
        if case .beginning(_, let size) = value { return .unclear(Doubt(unreadAfter: size)) }
        guard let root = root(of: value, as: notation) else { return .inapplicable }
        return .all(paths.map { path in root.element(at: path.path).map { path.matcher.verdict(on: $0, order: order) } ?? .fails })
    }

    private static func mismatches(of paths: [PathMatcher], in value: HostValue, as notation: Notation, order: VersionOrder) -> [Mismatch] {
        if case .beginning(_, let size) = value {
            return [Mismatch(expected: notation.rawValue, observed: Observed.display(value), doubt: Doubt(unreadAfter: size))]
        }
        guard let root = root(of: value, as: notation) else {
            return [Mismatch(expected: notation.rawValue, observed: Observed.display(value))]
        }
        return paths.flatMap { path in
            guard let element = root.element(at: path.path) else {
                return [Mismatch(path: path.path, expected: path.matcher.words, observed: missing(path.path, in: root))]
            }
            return path.matcher.mismatches(with: element, order: order).map { mismatch in
                var mismatch = mismatch
                mismatch.path = mismatch.path.isEmpty ? path.path : "\(path.path).\(mismatch.path)"
                return mismatch
            }
        }
    }

    /// Says what is there instead: the keys or the count at the deepest part of the path that exists.
    private static func missing(_ path: String, in root: HostValue) -> String {
        var known = path[...]
        var parent = root
        while let dot = known.lastIndex(of: ".") {
            known = known[..<dot]
            if let found = root.element(at: String(known)) {
                parent = found
                break
            }
        }
        let place = parent == root ? "" : " in \(known)"
        switch parent {
        case .map(let members):
            let keys = members.keys.sorted().prefix(20).map(\.text).joined(separator: ", ")
            return "no such path; there is\(place): \(keys.isEmpty ? "an empty map" : keys)"
        case .list(let elements): return "no such path; there is\(place): a list of \(elements.count)"
        default: return "no such path; there is\(place): \(Observed.display(parent))"
        }
    }
}

/// How an observed value differs from what was expected.
struct Mismatch: Sendable, Hashable {
    /// Where, below the value that was judged: `data.0.name`; empty for the value itself.
    var path = ""
    /// What was expected, in words.
    var expected: String
    /// What was there, in words.
    var observed: String
    /// Why it is unknown whether the value matches; nil if it is known that it does not.
    var doubt: Doubt?
}
