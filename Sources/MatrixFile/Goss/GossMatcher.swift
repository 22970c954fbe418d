import MatrixCore

/// Translates the matchers of goss into ours.
struct GossMatcher {
    let problems: Problems

    private static let numbers: Set = ["gt", "ge", "lt", "le"]

    /// A matcher of one value; nil if it asserts nothing, or if it cannot be said, which is reported.
    func value(_ document: Document) -> Document? {
        switch document.content {
        case .null: return nil
        case .scalar: return escaped(document)
        case .list(let elements):
            return elements.isEmpty ? nil : operation("contains", Document(.list(elements.compactMap(value)), at: document.location))
        case .map(let members):
            let parts = members.compactMap(operation)
            guard parts.count == members.count else { return nil }
            return parts.count == 1 ? parts[0] : operation("all", Document(.list(parts), at: document.location))
        }
    }

    /// A list whose bare values must be among those of the host; our key says so itself.
    func list(_ document: Document) -> Document? {
        if case .list(let elements) = document.content {
            return elements.isEmpty ? nil : Document(.list(elements.compactMap(value)), at: document.location)
        }
        return value(document)
    }

    /// The same for a key that compares a bare list as a whole.
    func contained(_ document: Document) -> Document? {
        if case .map = document.content { return value(document) }
        return list(Document(.list(document.oneOrMore), at: document.location)).map { operation("contains", $0) }
    }

    /// A text that is searched by patterns: `text`, `!text`, `/regex/`, `!/regex/`; a text alone must be equal.
    func patterns(_ document: Document) -> Document? {
        guard case .list(let elements) = document.content else { return value(document) }
        let parts = elements.compactMap { element in element.text == nil ? value(element) : pattern(element) }
        return parts.isEmpty ? nil : operation("all", Document(.list(parts), at: document.location))
    }

    private func pattern(_ document: Document) -> Document? {
        guard var text = document.text else { return nil }
        let isNegative = text.hasPrefix("!")
        if isNegative { text.removeFirst() } else if text.hasPrefix("\\!") { text.removeFirst() }
        let isRegular = text.count > 1 && text.hasPrefix("/") && text.hasSuffix("/")
        let found = operation(isRegular ? "matches" : "contains", word(isRegular ? String(text.dropFirst().dropLast()) : text, document))
        return isNegative ? operation("not", found) : found
    }

    /// A matcher of versions.
    func version(_ document: Document) -> Document? {
        for member in document.members where ["have-len", "consist-of", "contain-elements"].contains(member.key) {
            problems.error(
                at: member.keyLocation, "`\(member.key)` of goss's `versions` cannot be asked: one installed version is judged at a time",
                hint: "write a list of versions, or semver-constraint")
            return nil
        }
        return value(document)
    }

    // MARK: - Operators

    private func operation(_ member: Document.Member) -> Document? {
        let value = member.value
        switch member.key {
        case let key where Self.numbers.contains(key): return operation(key, escaped(value))
        case "equal": return operation("equals", escaped(value))
        case "not": return self.value(value).map { operation("not", $0) }
        case "and": return combined("all", value)
        case "or": return combined("any", value)
        case "have-prefix": return value.text.map { operation("matches", word("\\A\(Self.literal($0))", value)) }
        case "have-suffix": return value.text.map { operation("matches", word("\(Self.literal($0))\\z", value)) }
        case "match-regexp": return operation("matches", escaped(value))
        case "contain-substring", "have-key": return operation("contains", escaped(value))
        case "contain-element": return self.value(value).map { operation("contains", $0) }
        case "contain-elements": return contained(Document(.list(value.oneOrMore), at: value.location))
        case "consist-of": return consisting(of: value)
        case "have-len": return operation("len", escaped(value))
        case "semver-constraint": return constraint(value)
        case "gjson": return json(value)
        default:
            let known = [
                "and", "consist-of", "contain-element", "contain-elements", "contain-substring", "equal", "ge", "gjson", "gt", "have-key",
                "have-len", "have-prefix", "have-suffix", "le", "lt", "match-regexp", "not", "or", "semver-constraint",
            ]
            problems.error(
                at: member.keyLocation, "the matcher `\(member.key)` of goss cannot be asked",
                hint: Hint.meant(member.key, among: known, otherwise: "these can"))
            return nil
        }
    }

    /// `and:` and `or:` have a list of matchers; older files have a map of operators.
    private func combined(_ name: String, _ document: Document) -> Document? {
        let parts =
            if case .map(let members) = document.content { members.map { Document(.map([$0]), at: $0.keyLocation) } } else {
                document.oneOrMore
            }
        let translated = parts.compactMap(value)
        return translated.count == parts.count && !parts.isEmpty ? operation(name, Document(.list(translated), at: document.location)) : nil
    }

    /// The same elements in any order: each is there, and no more.
    private func consisting(of document: Document) -> Document? {
        let elements = document.oneOrMore.compactMap(value)
        guard elements.count == document.oneOrMore.count else { return nil }
        let count = Document(.scalar("\(elements.count)", plain: true), at: document.location)
        let all = [operation("contains", Document(.list(elements), at: document.location)), operation("len", count)]
        return operation("all", Document(.list(elements.isEmpty ? [all[1]] : all), at: document.location))
    }

    /// `>1.0.0 <2.0.0 !=1.5.0`, with alternatives after `||`.
    private func constraint(_ document: Document) -> Document? {
        guard let text = document.text else { return nil }
        let choices = text.split(separator: "||").map { choice in
            let words = choice.replacing(/([<>=!]+)\s+/) { $0.output.1 }.split(whereSeparator: \.isWhitespace)
            return operation("version", word(words.joined(separator: ", "), document))
        }
        return choices.count == 1 ? choices[0] : operation("any", Document(.list(choices), at: document.location))
    }

    private func json(_ document: Document) -> Document? {
        var members: [Document.Member] = []
        for member in document.members {
            guard !member.key.contains("@"), !member.key.contains("#"), !member.key.contains("|") else {
                problems.error(
                    at: member.keyLocation, "the path `\(member.key)` of gjson cannot be asked: only keys and numbers joined by dots can",
                    hint: "write such a path, or a check with `json:` in the matrix file")
                return nil
            }
            guard let value = value(member.value) else { return nil }
            members.append(Document.Member(key: member.key, keyLocation: member.keyLocation, value: value))
        }
        return members.isEmpty ? nil : operation("json", Document(.map(members), at: document.location))
    }

    private func operation(_ name: String, _ value: Document) -> Document {
        Document(.map([Document.Member(key: name, keyLocation: value.location, value: value)]), at: value.location)
    }

    private func word(_ text: String, _ document: Document) -> Document {
        Document(.scalar(Template.escaped(text), plain: false), at: document.location)
    }

    /// What looks like a reference of ours is none of goss.
    private func escaped(_ document: Document) -> Document {
        switch document.content {
        case .scalar(let text, let plain): Document(.scalar(Template.escaped(text), plain: plain), at: document.location)
        case .list(let elements): Document(.list(elements.map(escaped)), at: document.location)
        default: document
        }
    }

    /// A regular expression that matches this text.
    private static func literal(_ text: String) -> String {
        text.map { "\\.+*?()|[]{}^$".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
