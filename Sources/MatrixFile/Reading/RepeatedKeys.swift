internal import Yams

/// Lets a text with repeated keys be parsed: the first of each pair is renamed. The new name has the same length, so that no
/// position moves.
struct RepeatedKeys {
    /// The true name of every renamed key.
    private(set) var hidden: [String: String] = [:]

    /// The text with the key at `mark` renamed; nil if the source spells the key in another way (an escape, an alias).
    mutating func hide(_ name: String, at mark: Mark, in text: String) -> String? {
        var scalars = Array(text.unicodeScalars)
        let wanted = Array(name.unicodeScalars)
        guard !wanted.isEmpty, hidden.count < 6000, let mask = Unicode.Scalar(0xe000 + UInt32(hidden.count)),
            var start = Self.index(of: mark, in: scalars)
        else { return nil }
        if start < scalars.count, scalars[start] == "\"" || scalars[start] == "'" { start += 1 }
        let end = start + wanted.count
        guard end <= scalars.count, Array(scalars[start..<end]) == wanted else { return nil }
        let masked = Array(repeating: mask, count: wanted.count)
        scalars.replaceSubrange(start..<end, with: masked)
        hidden[Self.text(masked)] = name
        return Self.text(scalars)
    }

    private static func text(_ scalars: [Unicode.Scalar]) -> String {
        String(String.UnicodeScalarView(scalars))
    }

    private static func index(of mark: Mark, in scalars: [Unicode.Scalar]) -> Int? {
        var line = 1
        var index = 0
        while line < mark.line, index < scalars.count {
            let isBreak = scalars[index] == "\n" || scalars[index] == "\r" && !(index + 1 < scalars.count && scalars[index + 1] == "\n")
            if isBreak { line += 1 }
            index += 1
        }
        return line == mark.line ? index + mark.column - 1 : nil
    }
}
