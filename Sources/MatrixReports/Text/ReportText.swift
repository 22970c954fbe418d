internal import MatrixCore

/// Texts of unknown programs, made safe for reports: clean, and not too long.
///
/// Lengths are in Unicode scalars: one character may hold a million combining marks.
enum ReportText {
    /// One line: sequences of white space become one space, a text longer than `limit` ends in `…`. Empty if nothing readable remains.
    static func line(_ text: String, limit: Int) -> String {
        if isPlainLine(text, limit: limit) { return text }
        // Most of a text may be escape codes, so it reads much more than it keeps.
        let start = PlainText.clean(String(text.unicodeScalars.prefix(limit * 64)))
        let words = start.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return clip(words, limit: limit)
    }

    /// A name, as ``line(_:limit:)``, but its blanks stay: two paths may differ in them alone.
    static func name(_ text: String, limit: Int) -> String {
        let isLine = PlainText.clean(text) == text && !text.contains { $0.isNewline || $0 == "\t" } && !text.allSatisfy(\.isWhitespace)
        return isLine ? clip(text, limit: limit) : line(text, limit: limit)
    }

    /// Several lines. Of a text longer than `limit` it keeps the beginning and the end. Empty if nothing readable remains.
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

    /// The beginning of a text, with `…` at the end if it was cut.
    static func clip(_ text: String, limit: Int) -> String {
        guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return text }
        return String(text.unicodeScalars.prefix(limit - 1)) + "…"
    }

    /// An id as people tell it: of the 64 digits of a container's, the first twelve, which every command accepts.
    static func id(_ id: String) -> String {
        id.utf8.count >= 32 && id.allSatisfy(\.isHexDigit) ? String(id.prefix(12)) : id
    }

    /// Most lines are short plain ASCII with single spaces; those need no splitting.
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
