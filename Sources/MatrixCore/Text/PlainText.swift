/// Makes output of unknown programs fit for reports: valid text without escape codes and control characters.
public enum PlainText {
    /// Decodes with repair, strips ANSI escapes, resolves carriage returns and drops what XML 1.0 forbids.
    public static func clean(_ bytes: some Sequence<UInt8>) -> String {
        clean(String(decoding: Array(bytes), as: UTF8.self))
    }

    /// The same for text that is already decoded.
    public static func clean(_ text: String) -> String {
        // Nearly every line is plain ASCII: those are not taken apart.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f || $0 == 0x0a || $0 == 0x09 }) { return text }
        var output = String.UnicodeScalarView()
        var lineStart = output.endIndex
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.first {
            scalars = scalars.dropFirst()
            switch scalar {
            case "\u{1b}": skipEscape(&scalars)
            case "\u{9b}": skipControlSequence(&scalars)
            case "\r":
                if scalars.first == "\n" || scalars.isEmpty { continue }
                // A progress bar writes over its line: only what it showed last stays.
                output.removeSubrange(lineStart...)
                lineStart = output.endIndex
            case "\n":
                output.append(scalar)
                lineStart = output.endIndex
            default:
                if isAllowed(scalar) { output.append(scalar) }
            }
        }
        return String(output)
    }

    /// At most `limit` characters: the beginning and the end, with a line between them that counts what was left out.
    public static func clipped(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit, text.count > limit else { return text }
        let half = limit / 2
        return "\(text.prefix(half))\n… \(text.count - 2 * half) characters left out …\n\(text.suffix(half))"
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7e, 0xa0...0x2029, 0x202f...0x2065, 0x206a...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: true
        // Bidirectional overrides make a log show other text than it holds.
        default: false
        }
    }

    private static func skipEscape(_ scalars: inout ArraySlice<Unicode.Scalar>) {
        guard let next = scalars.first else { return }
        scalars = scalars.dropFirst()
        switch next {
        case "[": skipControlSequence(&scalars)
        case "]", "P", "^", "_", "X":
            while let scalar = scalars.first {
                scalars = scalars.dropFirst()
                if scalar == "\u{07}" || scalar == "\u{9c}" { return }
                if scalar == "\u{1b}" {
                    if scalars.first == "\\" { scalars = scalars.dropFirst() }
                    return
                }
            }
        case "(", ")", "*", "+", "#", "%", " ": scalars = scalars.dropFirst()
        default: break
        }
    }

    private static func skipControlSequence(_ scalars: inout ArraySlice<Unicode.Scalar>) {
        while let scalar = scalars.first {
            scalars = scalars.dropFirst()
            if (0x40...0x7e).contains(scalar.value) { return }
        }
    }
}
