import MatrixCore

extension Matcher {
    /// The operators that a map may hold.
    static let operators = [
        "equals", "contains", "matches", "gt", "ge", "lt", "le", "len", "one_of", "not", "all", "any", "version", "json", "yaml",
    ]

    /// Reads a matcher.
    /// - Throws: `UsageError` with every problem of it.
    init(_ document: Document) throws(UsageError) {
        self = try Self.read { $0.matcher(document) }
    }

    /// Every problem that a matcher has, with its position.
    ///
    /// Texts that hold `${…}` are skipped: only a run knows them.
    static func problems(in document: Document) -> [Diagnostic] {
        var reader = MatcherReader()
        _ = reader.matcher(document)
        return reader.problems
    }

    /// Reads what a version must be: a bare text is a constraint.
    static func version(_ document: Document) throws(UsageError) -> Matcher {
        try read { document.text == nil ? $0.matcher(document) : $0.version(document) }
    }

    /// Every problem of what a version must be.
    static func versionProblems(in document: Document) -> [Diagnostic] {
        do { _ = try version(document) } catch { return error.diagnostics }
        return []
    }

    /// Reads a map from dotted paths to matchers of JSON.
    static func json(_ document: Document) throws(UsageError) -> Matcher { .json(try paths(document)) }

    /// Reads a map from dotted paths to matchers of YAML.
    static func yaml(_ document: Document) throws(UsageError) -> Matcher { .yaml(try paths(document)) }

    private static func paths(_ document: Document) throws(UsageError) -> [PathMatcher] {
        try read { $0.paths(document) }
    }

    private static func read<T>(_ parse: (inout MatcherReader) -> T?) throws(UsageError) -> T {
        var reader = MatcherReader()
        let result = parse(&reader)
        guard let result, reader.problems.isEmpty else { throw UsageError(reader.problems) }
        return result
    }

    /// What a list must be: bare texts must be among its elements, a map of operators judges the list as it is.
    static func among(_ document: Document) throws(UsageError) -> Matcher {
        let matcher = try Matcher(document)
        if case .map = document.content { return matcher }
        var elements: [Matcher] = []
        for element in document.oneOrMore { elements.append(try Matcher(element)) }
        return .contains(elements)
    }

    /// Every problem of a map from names or paths to matchers.
    static func problems(inMap document: Document) -> [Diagnostic] {
        var reader = MatcherReader()
        _ = reader.paths(document)
        return reader.problems
    }
}

/// Turns documents into matchers and gathers what is wrong with them.
struct MatcherReader {
    private(set) var problems: [Diagnostic] = []

    mutating func matcher(_ document: Document) -> Matcher? {
        switch document.content {
        case .null: problem(document, "this asserts nothing", "write a value, or an operator such as { contains: text }")
        case .scalar, .list: .equals(Literal(document))
        case .map(let members): operators(members, of: document)
        }
    }

    private mutating func operators(_ members: [Document.Member], of document: Document) -> Matcher? {
        guard !members.isEmpty else {
            return problem(document, "this asserts nothing", "write a value, or an operator such as { contains: text }")
        }
        var matchers: [Matcher] = []
        for member in members {
            if let matcher = operation(member) { matchers.append(matcher) }
        }
        return matchers.count == 1 ? matchers[0] : .all(matchers)
    }

    private mutating func operation(_ member: Document.Member) -> Matcher? {
        let operand = member.value
        switch member.key {
        case "equals": return operand.content == .null ? empty(member) : .equals(Literal(operand))
        case "contains": return contained(member).map { .contains($0) }
        case "matches": return pattern(member)
        case "gt", "ge", "lt", "le": return comparison(member)
        case "len": return matcher(operand).map { .length($0) }
        case "one_of": return alternatives(member).map { .oneOf($0) }
        case "not": return matcher(operand).map { .not($0) }
        case "all": return list(member).map { .all($0) }
        case "any": return list(member).map { .any($0) }
        case "version": return version(operand)
        case "json": return paths(operand).map { .json($0) }
        case "yaml": return paths(operand).map { .yaml($0) }
        default: return unknown(member)
        }
    }

    /// A map from dotted paths to matchers.
    mutating func paths(_ document: Document) -> [PathMatcher]? {
        guard case .map(let members) = document.content, !members.isEmpty else {
            return problem(document, "this asserts nothing", "write paths with what must be there, such as { status: pass }")
        }
        var paths: [PathMatcher] = []
        for member in members {
            if let matcher = matcher(member.value) { paths.append(PathMatcher(path: member.key, matcher: matcher)) }
        }
        return paths
    }

    /// What a value must be as a version; a bare text.
    mutating func version(_ document: Document) -> Matcher? {
        guard let text = document.text, !text.isEmpty else { return problem(document, "this is not a version", Self.versionHint) }
        if let constraint = VersionConstraint(text) { return .version(constraint) }
        if text.contains("${") { return .equals(Literal(document)) }
        return problem(document, "'\(text)' is not a version", Self.versionHint)
    }

    private static let versionHint = "write a version with or without <, <=, =, !=, >= or > before it, such as \">=1.30\" or \">=1.30, <2\""

    private mutating func contained(_ member: Document.Member) -> [Matcher]? {
        let elements = member.value.oneOrMore
        guard !elements.isEmpty, !elements.contains(where: { $0.text == "" }) else { return empty(member) }
        let matchers = elements.compactMap { matcher($0) }
        return matchers.count == elements.count ? matchers : nil
    }

    private mutating func list(_ member: Document.Member) -> [Matcher]? {
        guard case .list(let elements) = member.value.content, !elements.isEmpty else {
            return problem(member.value, "\(member.key) needs a list of matchers", "write it as [ … ] with at least one")
        }
        let matchers = elements.compactMap { matcher($0) }
        return matchers.count == elements.count ? matchers : nil
    }

    /// As ``list(_:)``, but `null` means JSON's null here.
    private mutating func alternatives(_ member: Document.Member) -> [Matcher]? {
        guard case .list(let elements) = member.value.content, !elements.isEmpty else {
            return problem(member.value, "one_of needs a list of values", "write it as [ … ] with at least one")
        }
        let matchers = elements.compactMap { $0.content == .null ? .equals(.null) : matcher($0) }
        return matchers.count == elements.count ? matchers : nil
    }

    private mutating func pattern(_ member: Document.Member) -> Matcher? {
        guard let text = member.value.text, !text.isEmpty else { return empty(member) }
        if !text.contains("${"), let (message, hint) = Pattern.problem(text) { return problem(member.value, message, hint) }
        return .matches(text)
    }

    private mutating func comparison(_ member: Document.Member) -> Matcher? {
        guard let comparison = Comparison(key: member.key), let text = member.value.text else {
            return problem(member.value, "\(member.key) needs a number", "write a number or a size such as 10MiB")
        }
        if let number = ExactNumber(text) ?? ByteSize.parse(text).map({ ExactNumber($0) }) { return .compares(comparison, number, text) }
        if text.contains("${") { return .equals(Literal(member.value)) }
        return problem(
            member.value, "'\(text)' is not a number",
            "write a number or a size such as 10MiB; versions are compared by { version: \">=\(text)\" }")
    }

    private mutating func unknown(_ member: Document.Member) -> Matcher? {
        let suggestion = Suggestion.nearest(to: member.key, among: Matcher.operators).map { "did you mean '\($0)'?" }
        problems.append(
            Diagnostic(
                at: member.keyLocation, "unknown operator '\(member.key)' in a matcher",
                hint: suggestion ?? "operators are \(Matcher.operators.joined(separator: ", "))"))
        return nil
    }

    private mutating func empty<T>(_ member: Document.Member) -> T? {
        problem(member.value, "\(member.key) without content asserts nothing", "write what is expected")
    }

    private mutating func problem<T>(_ document: Document, _ message: String, _ hint: String) -> T? {
        problems.append(Diagnostic(at: document.location, message, hint: hint))
        return nil
    }
}
