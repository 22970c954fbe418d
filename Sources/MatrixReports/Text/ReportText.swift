internal import MatrixCore

/// Texts of unknown programs as reports may hold them: clean, and no longer than their place.
///
/// Lengths are in Unicode scalars: one character may hold a million combining marks.
enum ReportText {
    /// One line: white space runs become one space, what is over `limit` ends in `…`. Empty where nothing readable is left.
    static func line(_ text: String, limit: Int) -> String {
        if isPlainLine(text, limit: limit) { return text }
        // Escape codes may be most of a text, so that much more is read than is kept.
        let start = PlainText.clean(String(text.unicodeScalars.prefix(limit * 64)))
        let words = start.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return clip(words, limit: limit)
    }

    /// Several lines; of what is over `limit` the beginning and the end stay. Empty where nothing readable is left.
    static func block(_ text: String, limit: Int) -> String {
        let clean = PlainText.clean(text)
        guard clean.utf8.count > limit else { return clean.allSatisfy(\.isWhitespace) ? "" : clean }
        let scalars = clean.unicodeScalars
        let count = scalars.count
        guard count > limit else { return clean }
        let head = String(scalars.prefix(limit / 2))
        let tail = String(scalars.suffix(limit / 2))
        return "\(head)\n… \(count - 2 * (limit / 2)) characters left out …\n\(tail)"
    }

    /// The beginning of a text that fits, with `…` where something is missing.
    static func clip(_ text: String, limit: Int) -> String {
        guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return text }
        return String(text.unicodeScalars.prefix(limit - 1)) + "…"
    }

    /// Most lines are short plain ASCII with single spaces; those are not taken apart.
    private static func isPlainLine(_ text: String, limit: Int) -> Bool {
        guard text.utf8.count <= limit else { return false }
        var previous = UInt8(ascii: " ")
        for byte in text.utf8 {
            if byte < 0x20 || byte > 0x7e || byte == 0x20 && previous == 0x20 { return false }
            previous = byte
        }
        return previous != 0x20
    }
}
