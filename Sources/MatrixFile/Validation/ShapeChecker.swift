import MatrixCore

/// Checks documents against shapes: reports everything that is invalid and returns the valid parts.
///
/// The result has the form that its shape promises, so that later steps neither fail on it nor report it again.
final class ShapeChecker {
    private let problems: Problems
    /// Scalars with references: they can only be checked after rendering.
    private var deferred: [SourceLocation: (shape: Shape, name: String)] = [:]
    private var patterns: [String: Pattern] = [:]

    /// Whether `null` removes a key.
    private var acceptsRemoval = false

    init(problems: Problems) {
        self.problems = problems
    }

    /// The valid parts of a file or a section; `null` below the keys in `removing` removes an inherited value.
    func check(_ document: Document, against object: ObjectShape, removing: Set<String>) -> Document {
        guard case .map = document.content else {
            reportKind(of: document, .object(object), named: object.name)
            return document.emptied
        }
        let checked = document.members.map { member in
            acceptsRemoval = removing.contains(member.key)
            defer { acceptsRemoval = false }
            return checkObject(Document(.map([member]), at: document.location), against: object, required: false)
        }
        checkPresence(in: document, of: object)
        return Document(.map(checked.flatMap(\.members)), at: document.location)
    }

    /// The valid parts of a document; nil if nothing in it is valid.
    ///
    /// - Parameter name: the document's name in messages: its key.
    func check(_ document: Document, against shape: Shape, named name: String) -> Document? {
        switch shape {
        case .any: return document
        case .matcher: return checkMatcher(document, named: name)
        case .list(let element): return checkList(document, of: element, shape: shape, named: name)
        case .oneOrMore(let element):
            if case .list = document.content { return checkList(document, of: element, shape: shape, named: name) }
            if !element.admits(document.content) { reportKind(of: document, shape, named: name) }
            return element.admits(document.content) ? check(document, against: element, named: name) : nil
        case .map(let element): return checkMap(document, of: element, shape: shape, named: name)
        case .object(let object): return checkObject(document, against: object, shape: shape, named: name)
        case .either(let shapes): return checkEither(document, against: shapes, shape: shape, named: name)
        default: return checkScalar(document, against: shape, named: name)
        }
    }

    /// Checks a scalar whose references have been replaced.
    func checkRendered(_ text: String, at location: SourceLocation) -> Bool {
        guard let (shape, name) = deferred[location], !text.contains("${"), !fits(text, shape) else { return true }
        // The text may come from the environment: it is not repeated in the message.
        problems.error(at: location, "what `\(name)` refers to is not \(shape.expectation)", hint: shape.example.map { "such as \($0)" })
        return false
    }

    // MARK: Scalars

    private func checkScalar(_ document: Document, against shape: Shape, named name: String) -> Document? {
        guard let text = document.text else {
            reportKind(of: document, shape, named: name)
            return nil
        }
        if fits(text, shape) { return document }
        if text.contains("${") {
            deferred[document.location] = (shape, name)
            return document
        }
        problems.error(at: document.location, "`\(name)` must be \(shape.expectation), not `\(text)`", hint: hint(for: text, shape))
        return nil
    }

    private func hint(for text: String, _ shape: Shape) -> String? {
        if case .choice(let words) = shape, words.count > 1, let near = Suggestion.nearest(to: text, among: words) {
            return "did you mean `\(near)`?"
        }
        guard text.utf8.count <= LoadLimits.patternText else { return nil }
        // The text has the right form: the value is too large.
        switch shape {
        case .duration, .pattern: if text.wholeMatch(of: /([0-9.]+(ms|s|m|h|d))+/) != nil { return "at most 36525d, a hundred years" }
        case .size: if text.wholeMatch(of: /[0-9]+ ?[kKMGT]?i?B?/) != nil { return "at most 1048576TiB" }
        default: break
        }
        return shape.example.map { "such as \($0)" }
    }

    private func fits(_ text: String, _ shape: Shape) -> Bool {
        switch shape {
        case .boolean: ["true", "false", "True", "False", "TRUE", "FALSE"].contains(text)
        case .integer(let range): Int(text).map(range.contains) ?? false
        case .number: Double(text)?.isFinite ?? false
        case .pattern(let pattern, _): matches(pattern, text)
        case .choice(let words): words.contains(text)
        case .duration: Duration(text: text) != nil
        case .size: ByteSize.parse(text) != nil
        default: true
        }
    }

    private func matches(_ pattern: String, _ text: String) -> Bool {
        // Swift's own engine goes back: a recipe's expression could take it for ever.
        guard let whole = try? patterns[pattern] ?? Pattern("\\A(?:\(pattern))\\z") else { return false }
        patterns[pattern] = whole
        return text.utf8.count <= LoadLimits.patternText && whole.isFound(in: text)
    }

    private func reportKind(of document: Document, _ shape: Shape, named name: String) {
        let example = shape.example.map { "such as \($0)" }
        if document.content == .null {
            problems.error(at: document.location, "`\(name)` has no value; it must be \(shape.expectation)", hint: example)
        } else {
            problems.error(at: document.location, "`\(name)` must be \(shape.expectation), not \(document.form)", hint: example)
        }
    }

    // MARK: Lists and maps

    private func checkList(_ document: Document, of element: Shape, shape: Shape, named name: String) -> Document? {
        guard case .list(let elements) = document.content else {
            reportKind(of: document, shape, named: name)
            return nil
        }
        return Document(.list(elements.compactMap { check($0, against: element, named: name) }), at: document.location)
    }

    private func checkMap(_ document: Document, of element: Shape, shape: Shape, named name: String) -> Document? {
        guard case .map(let members) = document.content else {
            reportKind(of: document, shape, named: name)
            return document.emptied
        }
        let checked = members.compactMap { member in
            if acceptsRemoval, member.value.content == .null { return member }
            return check(member.value, against: element, named: member.key).map {
                Document.Member(key: member.key, keyLocation: member.keyLocation, value: $0)
            }
        }
        return Document(.map(checked), at: document.location)
    }

    private func checkObject(_ document: Document, against object: ObjectShape, shape: Shape, named name: String) -> Document? {
        guard case .map = document.content else {
            reportKind(of: document, shape, named: name)
            return document.emptied
        }
        return checkObject(document, against: object, required: true)
    }

    private func checkObject(_ document: Document, against object: ObjectShape, required: Bool) -> Document {
        let keys = Dictionary(object.keys.map { ($0.name, $0) }) { first, _ in first }
        var checked: [Document.Member] = []
        for member in document.members {
            guard let key = keys[member.key] else {
                problems.error(
                    at: member.keyLocation, "`\(member.key)` is not a key of \(object.name)",
                    hint: Hint.meant(member.key, among: object.keys.map(\.name), otherwise: "its keys are"))
                continue
            }
            if key.nullable || acceptsRemoval, member.value.content == .null {
                checked.append(member)
            } else if let value = check(member.value, against: key.shape, named: member.key) {
                checked.append(Document.Member(key: member.key, keyLocation: member.keyLocation, value: value))
            }
        }
        if required { checkPresence(in: document, of: object) }
        return Document(.map(checked), at: document.location)
    }

    private func checkPresence(in document: Document, of object: ObjectShape) {
        for key in object.keys where key.required && !document.has(key.name) {
            problems.error(at: document.location, "\(object.name) needs `\(key.name)`", hint: key.summary.loweringFirst)
        }
        guard object.exactlyOne else { return }
        let names = object.keys.map(\.name)
        let present = document.members.map(\.key).filter(names.contains)
        guard present.count != 1 else { return }
        let found = present.isEmpty ? "has none" : "has \(present.joined(separator: ", "))"
        problems.error(at: document.location, "\(object.name) \(found); it needs exactly one of \(names.joined(separator: ", "))")
    }

    private func checkEither(_ document: Document, against shapes: [Shape], shape: Shape, named name: String) -> Document? {
        let candidates = shapes.filter { $0.admits(document.content) }
        guard let first = candidates.first else {
            reportKind(of: document, shape, named: name)
            return nil
        }
        let fitting = candidates.first { candidate in
            let trial = ShapeChecker(problems: Problems())
            trial.acceptsRemoval = acceptsRemoval
            _ = trial.check(document, against: candidate, named: name)
            return !trial.problems.hasErrors
        }
        return check(document, against: fitting ?? first, named: name)
    }

    // MARK: Matchers

    private func checkMatcher(_ document: Document, named name: String) -> Document? {
        let before = problems.count
        checkAssertion(document, named: name)
        return problems.count == before ? document : nil
    }

    /// An assertion without content always holds: a false pass.
    private func checkAssertion(_ document: Document, named name: String) {
        switch document.content {
        case .null: reportEmpty(document, named: name, "empty")
        case .list(let elements):
            if elements.isEmpty { reportEmpty(document, named: name, "an empty list") }
            // Of a list of alternatives, null is one: JSON's null.
            for element in elements where name != "one_of" || element.content != .null { checkAssertion(element, named: name) }
        case .map(let members):
            if members.isEmpty { reportEmpty(document, named: name, "an empty map") }
            for member in members { checkAssertion(member.value, named: member.key) }
        case .scalar(let text, _):
            if text.isEmpty, name == "contains" || name == "matches" {
                reportEmpty(document, named: name, "an empty text, which every text \(name)")
            }
        }
    }

    private func reportEmpty(_ document: Document, named name: String, _ what: String) {
        problems.error(at: document.location, "`\(name)` asserts nothing: it is \(what)", hint: "say what is expected, or remove `\(name)`")
    }
}
