/// Makes output of unknown programs fit for reports: valid text without escape codes and control characters.
public enum PlainText {
    /// Decodes with repair, strips ANSI escapes, resolves carriage returns and drops what XML 1.0 forbids.
    public static func clean(_ bytes: some Sequence<UInt8>) -> String {
        clean(String(decoding: Array(bytes), as: UTF8.self))
    }

    /// The same for text that is already decoded.
    public static func clean(_ text: String) -> String {
        // Nearly every line is plain ASCII: those need no parsing.
        if isPlain(text) { return text }
        var line = LineBuffer()
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\u{1b}": skipEscape(&scalars, &line)
            case "\u{9b}": skipControlSequence(&scalars, &line)
            case "\u{90}", "\u{98}", "\u{9d}", "\u{9e}", "\u{9f}": skipString(&scalars)
            case "\r": line.returnToStart()
            case "\n": line.end()
            default:
                if isAllowed(scalar) { line.append(scalar) }
            }
        }
        return String(line.output)
    }

    /// A text in which control characters are shown instead of dropped, as `\\r` and `\\0`, for values that are compared. Newlines and tabs
    /// stay.
    public static func visible(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy({ isAllowed($0) || $0 == "\n" }) { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": shown.append(scalar)
            case "\r": shown.append(contentsOf: "\\r".unicodeScalars)
            case "\0": shown.append(contentsOf: "\\0".unicodeScalars)
            case _ where isAllowed(scalar): shown.append(scalar)
            case _ where scalar.value < 0x100: shown.append(contentsOf: "\\x\(hexadecimal(scalar.value, digits: 2))".unicodeScalars)
            default: shown.append(contentsOf: "\\u{\(hexadecimal(scalar.value, digits: 4))}".unicodeScalars)
            }
        }
        return String(shown)
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// At most `limit` characters: the beginning and the end, with a line between them that counts what was left out.
    public static func clipped(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit, text.count > limit else { return text }
        let half = limit / 2
        return "\(text.prefix(half))\n… \(text.count - 2 * half) characters left out …\n\(text.suffix(half))"
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f || $0 == 0x0a || $0 == 0x09 }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7e, 0xa0...0x2029, 0x202f...0x2065, 0x206a...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: true
        // Bidirectional overrides make a log show a different text than it holds.
        default: false
        }
    }

    private static func skipEscape(_ scalars: inout ArraySlice<Unicode.Scalar>, _ line: inout LineBuffer) {
        guard let next = scalars.first, next.value >= 0x20 else { return }
        scalars.removeFirst()
        switch next {
        case "[": skipControlSequence(&scalars, &line)
        case "]", "P", "^", "_", "X": skipString(&scalars)
        case "(", ")", "*", "+", "#", "%", " ": _ = scalars.popFirst()
        default: break
        }
    }

    /// A title or another string for the terminal. An unterminated one ends with its line, so that it hides no more than that.
    private static func skipString(_ scalars: inout ArraySlice<Unicode.Scalar>) {
        while let scalar = scalars.first, scalar != "\n" {
            if scalar == "\u{1b}", scalars.dropFirst().first != "\\" { return }
            scalars.removeFirst()
            if scalar == "\u{07}" || scalar == "\u{9c}" { return }
            if scalar == "\u{1b}" {
                scalars.removeFirst()
                return
            }
        }
    }

    private static func skipControlSequence(_ scalars: inout ArraySlice<Unicode.Scalar>, _ line: inout LineBuffer) {
        while let scalar = scalars.first, (0x20...0x7e).contains(scalar.value) {
            scalars.removeFirst()
            guard scalar.value >= 0x40 else { continue }
            if scalar == "K" { line.erase() }
            return
        }
    }
}

/// The text so far, and what a terminal's cursor would do to its last line.
private struct LineBuffer {
    private(set) var output = String.UnicodeScalarView()
    private var start = String.UnicodeScalarView().startIndex
    private var isAtStart = false

    /// A progress bar writes over its line: only its last text stays. A carriage return alone deletes nothing.
    mutating func append(_ scalar: Unicode.Scalar) {
        if isAtStart { clear() }
        output.append(scalar)
    }

    mutating func returnToStart() { isAtStart = true }

    mutating func end() {
        output.append("\n")
        start = output.endIndex
        isAtStart = false
    }

    /// Erases to the end of the line: all of it if the cursor is at its start.
    mutating func erase() {
        if isAtStart { clear() }
    }

    private mutating func clear() {
        output.removeSubrange(start...)
        start = output.endIndex
        isAtStart = false
    }
}
