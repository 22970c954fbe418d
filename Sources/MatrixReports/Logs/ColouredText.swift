internal import MatrixCore

/// The lines of a log in pieces of one colour: that of their ANSI escape codes, else that of what the line says.
struct ColouredText {
    struct Piece: Hashable {
        var style: LogStyle?
        var text: String
    }

    private(set) var lines: [[Piece]] = []
    /// What the escape codes set last; it stays over the ends of lines.
    private var style: LogStyle?
    private var isBold = false

    init(_ lines: some Sequence<String>) {
        for line in lines { append(line) }
    }

    private mutating func append(_ line: String) {
        guard line.utf8.contains(0x1b) || style != nil else {
            let clean = PlainText.clean(line)
            lines.append([Piece(style: LogStyle(line: clean), text: clean)])
            return
        }
        var pieces: [Piece] = []
        var rest = line[...]
        while let start = rest.firstRange(of: "\u{1b}[") {
            add(rest[..<start.lowerBound], to: &pieces)
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(where: { !$0.isNumber && $0 != ";" && $0 != "?" && $0 != ":" }) else {
                rest = ""
                break
            }
            if rest[end] == "m" { apply(rest[..<end]) }
            rest = rest[rest.index(after: end)...]
        }
        add(rest, to: &pieces)
        lines.append(pieces.isEmpty ? [Piece(style: nil, text: "")] : pieces)
    }

    private func add(_ text: Substring, to pieces: inout [Piece]) {
        let clean = PlainText.clean(String(text))
        guard !clean.isEmpty else { return }
        pieces.append(Piece(style: style ?? (isBold ? .heading : nil), text: clean))
    }

    /// The parameters of one `ESC [ … m`: of the sixteen colours, which are those that programs mean something by.
    private mutating func apply(_ parameters: Substring) {
        var codes = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }[...]
        while let code = codes.popFirst() {
            switch code {
            case 0: (style, isBold) = (nil, false)
            case 1: isBold = true
            case 2: style = style ?? .soft
            case 22: isBold = false
            case 31, 91: style = .bad
            case 32, 92: style = .good
            case 33, 93: style = .changed
            case 34, 35, 36, 94, 95, 96: style = .blue
            case 30, 90: style = .soft
            case 37, 39, 97: style = nil
            // A colour of the 256, or one by red, green and blue: its numbers are no codes.
            case 38, 48: codes = codes.first == 5 ? codes.dropFirst(2) : codes.dropFirst(4)
            default: break
            }
        }
    }
}
