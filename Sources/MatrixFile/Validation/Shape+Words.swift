import MatrixCore

extension Shape {
    /// What is expected, for `must be …`.
    var expectation: String {
        switch self {
        case .any: "any value"
        case .boolean: "true or false"
        case .integer(let range): Self.words(for: range)
        case .number: "a number"
        case .text: "text"
        case .pattern(_, let meaning): meaning
        case .choice(let words): words.count == 1 ? "`\(words[0])`" : "one of \(words.joined(separator: ", "))"
        case .duration: "a duration"
        case .size: "a size in bytes"
        case .matcher: "a value or a map of operators"
        case .list: "a list"
        case .oneOrMore(let element): "\(element.expectation) or a list"
        case .map: "a map"
        case .object(let object): "\(object.name) (a map)"
        case .either(let shapes): shapes.map(\.expectation).joined(separator: " or ")
        }
    }

    /// A valid example, to be written after `such as`.
    var example: String? {
        switch self {
        case .duration: "90s, 10m or 1h30m"
        case .size: "512MiB or 8GiB"
        case .list(let element), .oneOrMore(let element): element.isText ? "[one, two]" : nil
        case .object(let object): object.keys.first.map { "`\($0.name): …`" }
        case .either(let shapes): shapes.lazy.compactMap(\.example).first
        default: nil
        }
    }

    /// Whether a value of this form (scalar, list, map) can be of this shape at all.
    func admits(_ content: Document.Content) -> Bool {
        switch (self, content) {
        case (.any, _), (.matcher, _): true
        case (.either(let shapes), _): shapes.contains { $0.admits(content) }
        case (.oneOrMore, .list), (.list, .list), (.map, .map), (.object, .map): true
        case (.oneOrMore(let element), _): element.admits(content)
        case (.list, _), (.map, _), (.object, _): false
        case (_, .scalar): true
        default: false
        }
    }

    private var isText: Bool {
        if case .text = self { true } else { false }
    }

    private static func words(for range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (Int.min, Int.max): "a whole number"
        case (let low, Int.max): "a whole number, \(low) or more"
        case (let low, let high): "a whole number from \(low) to \(high)"
        }
    }
}

extension Document {
    /// What this is, for `not …`; never the text itself: it may be a secret in the wrong place.
    var form: String {
        switch content {
        case .null: "nothing"
        case .scalar: "text"
        case .list: "a list"
        case .map(let members): members.isEmpty ? "an empty map" : "a map"
        }
    }
}

extension String {
    /// This text with a lowercase first letter, for use after a semicolon; a word all in capitals stays.
    var loweringFirst: String { dropFirst().first?.isUppercase == true ? self : prefix(1).lowercased() + dropFirst() }
}
