/// Regular expressions as checks and shapes use them: searched for, `^` and `$` at the ends of lines, `\A` and `\z` of the whole text.
///
/// Expressions of the matrix file meet texts of unknown hosts. They are matched without backtracking, so that no pair of both
/// can block a run. Back-references and look-arounds need backtracking: they are refused before anything is created.
public struct Pattern: Sendable, Hashable {
    /// The expression.
    public let text: String
    private let program: PatternProgram

    /// - Throws: `PatternProblem` if the text is not a regular expression, or one that is not supported.
    public init(_ text: String) throws(PatternProblem) {
        self.text = text
        program = try PatternProgram(PatternParser.parse(text))
    }

    /// Whether it matches a part of a text.
    public func isFound(in text: String) -> Bool {
        PatternSearch(program, in: text).isFound()
    }

    /// The same for an expression; an invalid one is found nowhere.
    public static func isFound(_ pattern: String, in text: String) -> Bool {
        (try? Pattern(pattern))?.isFound(in: text) ?? false
    }

    /// What is wrong with a pattern and what to do; nil if it is valid.
    public static func problem(_ pattern: String) -> (message: String, hint: String)? {
        do {
            _ = try Pattern(pattern)
            return nil
        } catch {
            guard let unknown = error.unknown else {
                return ("'\(pattern)' is not a regular expression", "write \\ before a literal (, [, {, + or *")
            }
            return ("'\(pattern)' has \(unknown), which is not supported", "write it without; not:, all: and any: combine matchers")
        }
    }
}
