extension Unicode.Scalar {
    /// The columns that it takes in a terminal; if terminals disagree, the most.
    fileprivate var columns: Int {
        if value < 0x300 { return value < 0x20 || (0x7f..<0xa0).contains(value) ? 0 : 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return (0x1160...0x11ff).contains(value) ? 0 : isWide ? 2 : 1
        }
    }

    /// East Asian wide and full-width characters, and those that are shown as pictures.
    private var isWide: Bool {
        switch value {
        case 0x1100...0x115f, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4e00...0xa4cf, 0xa960...0xa97c, 0xac00...0xd7a3,
            0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18dff, 0x1aff0...0x1b2ff,
            0x1f200...0x1f2ff, 0x20000...0x3fffd:
            true
        default: properties.isEmojiPresentation
        }
    }
}

extension Character {
    /// The columns that it takes in a terminal; if terminals disagree, the most.
    var columns: Int {
        let sum = unicodeScalars.reduce(0) { $0 + $1.columns }
        // The selector makes a picture of a character that is otherwise narrow.
        return sum == 1 && unicodeScalars.contains("\u{fe0f}") ? 2 : sum
    }
}

extension StringProtocol {
    /// The columns that it takes in a terminal.
    var columns: Int { reduce(0) { $0 + $1.columns } }

    /// Sequences of white space as one space: a line break or a tab would break a line that must fit.
    var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    /// This text without spaces at its end.
    var trimmedAtEnd: String {
        var rest = self[...]
        while rest.last == " " { rest = rest.dropLast() }
        return String(rest)
    }

    /// At most `width` columns: the beginning, with `…` if it was cut.
    func cut(to width: Int) -> String {
        guard columns > width else { return String(self) }
        return width < 1 ? "" : start(of: width - 1) + "…"
    }

    /// At most `width` columns: both ends, with `…` between them if it was cut. Names of cells differ at either end.
    func cutInside(to width: Int) -> String {
        guard columns > width else { return String(self) }
        guard width > 4 else { return cut(to: width) }
        let tail = String(String(reversed()).start(of: (width - 1) / 2).reversed())
        return start(of: width - 1 - tail.columns) + "…" + tail
    }

    /// The longest beginning of at most `width` columns.
    private func start(of width: Int) -> String {
        var room = width
        return String(
            prefix { character in
                room -= character.columns
                return room >= 0
            })
    }

    /// This text, padded with spaces to `width` columns.
    func padding(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - columns))
    }
}
