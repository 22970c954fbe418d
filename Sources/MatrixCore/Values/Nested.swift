/// A value with elements that a dotted path can name.
public protocol Nested {
    /// The member of that name, or the element of a list with that index.
    func element(_ name: String) -> Self?
}

extension Nested {
    /// The element that a dotted path names: `status`, `data.0.name`, `checks.influxdb.status`.
    ///
    /// A key that itself holds dots can be written in brackets: `labels["app.kubernetes.io/name"]`.
    public func element(at path: String) -> Self? {
        DottedPath.parts(of: path).reduce(self) { found, part in found?.element(part) }
    }
}

extension Array {
    /// The element whose index a path names.
    public func element(_ name: String) -> Element? {
        guard let index = Int(name), indices.contains(index) else { return nil }
        return self[index]
    }
}

enum DottedPath {
    /// The keys and indices of a dotted path.
    static func parts(of path: String) -> [String] {
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
