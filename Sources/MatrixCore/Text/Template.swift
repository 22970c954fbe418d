/// Text with `${namespace.key}` references, as in the matrix file; `$${` is a literal `${`.
///
/// References are resolved twice: what a plan knows (`${os}`, `${vars.x}`, `${env.X}`) when cells are expanded, the rest
/// (`${host.address}`, `${inventory}`, `${secrets.x}`) when a step runs.
public enum Template {
    /// One `${…}` in a text.
    public struct Reference: Hashable, Sendable {
        /// The text between the braces, before any default: `vars.domain`.
        public var name: String
        /// What follows `:-`.
        public var fallback: String?
        /// Characters before the `$`, for positions.
        public var offset: Int
    }

    private enum Segment {
        case literal(Substring)
        case escaped
        case reference(Reference, source: Substring)
    }

    /// All references of a text, in order. A `${` without its `}`, or with another `${` inside, is reported with an empty name.
    public static func references(in text: String) -> [Reference] {
        segments(of: text).compactMap { segment in
            if case .reference(let reference, _) = segment { reference } else { nil }
        }
    }

    /// Replaces everything and turns `$${` into `${`; a name that neither `lookup` nor a default gives is an error.
    public static func rendered(_ text: String, lookup: (String) -> String?) throws(UnknownReference) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        for segment in segments(of: text) {
            switch segment {
            case .literal(let literal): result += literal
            case .escaped: result += "${"
            case .reference(let reference, _):
                guard let value = lookup(reference.name) ?? reference.fallback else { throw UnknownReference(name: reference.name) }
                result += value
            }
        }
        return result
    }

    /// Replaces each reference by the template text that `replacement` returns; nil keeps the reference.
    ///
    /// Literals and escapes stay, so that the result is a template again: pass plain values through ``escaped(_:)``.
    public static func expanded(_ text: String, replacing replacement: (Reference) -> String?) -> String {
        guard text.contains("${") else { return text }
        return segments(of: text).map { segment in
            switch segment {
            case .literal(let literal): String(literal)
            case .escaped: "$${"
            case .reference(let reference, let source): replacement(reference) ?? String(source)
            }
        }.joined()
    }

    /// The template that renders to exactly this text.
    public static func escaped(_ text: String) -> String {
        text.replacing("${", with: "$${")
    }

    private static func segments(of text: String) -> [Segment] {
        var segments: [Segment] = []
        var rest = text[...]
        // Counted on from the reference before: from the start each time, many references in one text would take minutes.
        var offset = 0
        var counted = text.startIndex
        while let dollar = rest.firstIndex(of: "$") {
            if rest[dollar...].hasPrefix("$${") {
                segments += [.literal(rest[..<dollar]), .escaped]
                rest = rest[rest.index(dollar, offsetBy: 3)...]
            } else if rest[dollar...].hasPrefix("${") {
                segments.append(.literal(rest[..<dollar]))
                let body = rest[rest.index(dollar, offsetBy: 2)...]
                offset += text.distance(from: counted, to: dollar)
                counted = dollar
                guard let end = body.firstIndex(of: "}") else {
                    segments.append(.reference(Reference(name: "", fallback: nil, offset: offset), source: rest[dollar...]))
                    return segments
                }
                segments.append(.reference(reference(body[..<end], offset: offset), source: rest[dollar...end]))
                rest = rest[rest.index(after: end)...]
            } else {
                let next = rest.index(after: dollar)
                segments.append(.literal(rest[..<next]))
                rest = rest[next...]
            }
        }
        segments.append(.literal(rest))
        return segments
    }

    private static func reference(_ body: Substring, offset: Int) -> Reference {
        // Defaults do not nest: `${a:-${b}}` would end at its first brace. It is then read as one unknown name.
        if body.contains("${") { return Reference(name: String(body), fallback: nil, offset: offset) }
        guard let separator = body.firstRange(of: ":-") else { return Reference(name: String(body), fallback: nil, offset: offset) }
        return Reference(name: String(body[..<separator.lowerBound]), fallback: String(body[separator.upperBound...]), offset: offset)
    }
}

/// A `${…}` without a value.
public struct UnknownReference: Error, CustomStringConvertible {
    public var name: String
    public var description: String {
        name.isEmpty ? "a ${ has no matching } or no name" : "${\(name)} has no value here"
    }
}
