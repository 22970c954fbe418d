import MatrixCore

extension Matcher {
    /// What is expected, to stand after the word "expected".
    var words: String {
        switch self {
        case .equals(let literal): literal.display
        case .contains(let matchers): "something that contains \(Self.list(matchers, joiner: "and"))"
        case .matches(let pattern): "something that matches /\(pattern)/"
        case .compares(let comparison, _, let text): "\(comparison.words) \(text)"
        case .length(let matcher): "a length: \(matcher.words)"
        case .oneOf(let matchers): "one of \(matchers.map(\.words).joined(separator: ", "))"
        case .not(let matcher): "not \(matcher.words)"
        case .all(let matchers): Self.list(matchers, joiner: "and")
        case .any(let matchers): Self.list(matchers, joiner: "or")
        case .version(let constraint): "version \(constraint.text)"
        case .json(let paths): "JSON with \(Self.list(paths))"
        case .yaml(let paths): "YAML with \(Self.list(paths))"
        }
    }

    private static func list(_ paths: [PathMatcher]) -> String {
        paths.map { "\($0.path): \($0.matcher.words)" }.joined(separator: ", ")
    }

    private static func list(_ matchers: [Matcher], joiner: String) -> String {
        matchers.map(\.words).joined(separator: " \(joiner) ")
    }
}
