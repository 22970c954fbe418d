import MatrixCore

extension Matcher {
    /// Why a value does not match; empty if it matches.
    ///
    /// - Parameter order: how versions compare on the host that the value comes from.
    func mismatches(with value: Value, order: VersionOrder) -> [Mismatch] {
        switch self {
        case .all(let matchers): return matchers.flatMap { $0.mismatches(with: value, order: order) }
        case .json(let paths): return Self.mismatches(of: paths, in: value, as: .json, order: order)
        case .yaml(let paths): return Self.mismatches(of: paths, in: value, as: .yaml, order: order)
        default:
            if fits(value, order: order) { return [] }
            return [Mismatch(expected: words, observed: observation(of: value))]
        }
    }

    /// Whether a value fits.
    func fits(_ value: Value, order: VersionOrder) -> Bool {
        switch self {
        case .equals(let literal): return literal.equals(value)
        case .contains(let matchers): return matchers.allSatisfy { Self.isFound($0, in: value, order: order) }
        case .matches(let pattern): return Pattern.isFound(pattern, in: value.text)
        case .compares(let comparison, let number, _):
            guard let observed = Self.number(of: value) else { return false }
            return comparison.holds(observed < number ? -1 : observed > number ? 1 : 0)
        case .length(let matcher): return Self.length(of: value).map { matcher.fits(.int($0), order: order) } ?? false
        case .oneOf(let matchers), .any(let matchers): return matchers.contains { $0.fits(value, order: order) }
        case .not(let matcher): return !matcher.fits(value, order: order)
        case .all(let matchers): return matchers.allSatisfy { $0.fits(value, order: order) }
        case .version(let constraint):
            guard value.string != nil || value.number != nil else { return false }
            let text = value.text.split(whereSeparator: \.isWhitespace)
            return text.count == 1 && constraint.holds(for: String(text[0]), in: order)
        case .json, .yaml: return mismatches(with: value, order: order).isEmpty
        }
    }

    private func observation(of value: Value) -> String {
        switch self {
        case .length:
            guard let length = Self.length(of: value) else { return "\(Observed.display(value)), which has no length" }
            return "\(length) (\(Observed.display(value)))"
        case .compares where Self.number(of: value) == nil: return "\(Observed.display(value)), which is not a number"
        default: return Observed.display(value)
        }
    }

    private static func isFound(_ matcher: Matcher, in value: Value, order: VersionOrder) -> Bool {
        switch value {
        case .list(let elements): elements.contains { matcher.fits($0, order: order) }
        case .map(let members): members.keys.contains { matcher.fits(.string($0), order: order) }
        case .null: false
        default:
            if case .equals(let literal) = matcher, let text = literal.text {
                value.text.contains(text)
            } else {
                matcher.fits(value, order: order)
            }
        }
    }

    private static func number(of value: Value) -> Double? {
        value.number
            ?? value.string.flatMap { text in
                let words = text.split(whereSeparator: \.isWhitespace)
                return words.count == 1 ? Double(words[0]) : nil
            }
    }

    private static func length(of value: Value) -> Int? {
        switch value {
        case .string(let text): text.unicodeScalars.count
        case .list(let elements): elements.count
        case .map(let members): members.count
        default: nil
        }
    }
}

extension Matcher {
    /// What a text that paths lead into is written in.
    private enum Notation: String {
        case json = "JSON"
        case yaml = "YAML"

        func value(of text: String) -> Value? {
            switch self {
            case .json: Value(json: text)
            case .yaml: HostYAMLReader.value(of: text)
            }
        }
    }

    /// A text is read first.
    private static func mismatches(of paths: [PathMatcher], in value: Value, as notation: Notation, order: VersionOrder) -> [Mismatch] {
        var root = value
        if case .string(let text) = value {
            guard let parsed = notation.value(of: text) else {
                return [Mismatch(expected: notation.rawValue, observed: Observed.display(value))]
            }
            root = parsed
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
    private static func missing(_ path: String, in root: Value) -> String {
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
            let keys = members.keys.sorted().prefix(20).joined(separator: ", ")
            return "no such path; there is\(place): \(keys.isEmpty ? "an empty map" : keys)"
        case .list(let elements): return "no such path; there is\(place): a list of \(elements.count)"
        default: return "no such path; there is\(place): \(Observed.display(parent))"
        }
    }
}

extension Literal {
    /// Texts compare as they stand; numbers and booleans only with what was written without quotes.
    func equals(_ value: Value) -> Bool {
        switch value {
        case .string(let observed): text.map { $0 == observed } ?? false
        case .int, .double: isNumber(value.number)
        case .list(let elements):
            if case .list(let expected) = self.value {
                expected.count == elements.count && zip(expected, elements).allSatisfy(Self.same)
            } else {
                false
            }
        default: Self.same(self.value, value)
        }
    }

    /// `1` and `1.0` are the same number.
    private static func same(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.list(let left), .list(let right)): left.count == right.count && zip(left, right).allSatisfy(same)
        case (.map(let left), .map(let right)):
            left.count == right.count && left.allSatisfy { key, value in right[key].map { same(value, $0) } ?? false }
        case (.int, .double), (.double, .int): left.number == right.number
        default: left == right
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
}
