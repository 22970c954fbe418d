/// Regular expressions as checks use them: searched for, `^` and `$` at the ends of lines, `\A` and `\z` of the whole text.
enum Pattern {
    static func isFound(_ pattern: String, in text: String) -> Bool {
        guard let expression = expression(pattern) else { return false }
        return text.firstMatch(of: expression) != nil
    }

    /// Nil where the pattern is no regular expression.
    static func expression(_ pattern: String) -> Regex<AnyRegexOutput>? {
        (try? Regex(pattern))?.anchorsMatchLineEndings().matchingSemantics(.unicodeScalar)
    }
}
