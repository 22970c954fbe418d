internal import MatrixCore

/// One log on the page: numbered lines in colours, with the failing lines marked. Every link to the log leads here.
struct LogView {
    /// Text of one style; a piece with an anchor is a failing line.
    struct Piece {
        let style: String?
        let anchor: String?
        let text: String
    }

    /// A failing line.
    struct Mark {
        let anchor: String
        let line: Int
    }

    let anchor: String
    /// The anchor of its cell, for the filter.
    let cellAnchor: String
    let cell: String
    let name: String
    let path: String
    /// The file itself.
    let link: String
    /// `42 lines`, or which of them are shown.
    let size: String
    /// The numbers of the lines, each on its own line.
    let numbers: String
    let pieces: [Piece]
    /// The failing lines, in the order of the log.
    let marks: [Mark]
    let hasMarks: Bool

    /// - Parameters:
    ///   - faults: the cell's problems that name this log, each with the anchor of its line.
    ///   - limit: bytes of text.
    init?(
        _ path: String, of cell: CellResult, at place: (anchor: String, cellAnchor: String, root: String), directory: String,
        faults: [CaseResult], limit: Int
    ) {
        guard let file = LogFile("\(directory)/\(path)") else { return nil }
        let failing = faults.compactMap { FailingLine.index(of: $0, in: file.lines) }.unique.sorted()
        let shown = Self.window(of: file.lines, around: failing.first, limit: limit)
        let shownFailing = failing.filter { shown.contains($0) }
        anchor = place.anchor
        cellAnchor = place.cellAnchor
        self.cell = ReportText.line(cell.name, limit: 120)
        name = ReportText.line(path.split(separator: "/").last.map(String.init) ?? path, limit: 120)
        self.path = ReportText.line(path, limit: 200)
        link = CellParts.link(place.root + path)
        let range = (file.first + shown.lowerBound, file.first + shown.upperBound - 1)
        size =
            shown.count == file.count
            ? (file.count == 1 ? "1 line" : "\(file.count) lines") : "lines \(range.0) to \(range.1) of \(file.count)"
        numbers = (range.0...max(range.0, range.1)).map { "\($0)" }.joined(separator: "\n")
        marks = shownFailing.map { Mark(anchor: "\(place.anchor)-L\(file.first + $0)", line: file.first + $0) }
        hasMarks = !marks.isEmpty
        pieces = Self.pieces(of: file.lines[shown], failing: shownFailing.map { $0 - shown.lowerBound }, anchors: marks.map(\.anchor))
    }

    /// The last lines that fit; if the failing line is above them, those around it.
    private static func window(of lines: [String], around failing: Int?, limit: Int) -> Range<Int> {
        var start = lines.count
        var room = limit
        while start > 0, room >= lines[start - 1].utf8.count + 1 || start == lines.count {
            start -= 1
            room -= lines[start].utf8.count + 1
        }
        guard let failing, failing < start else { return start..<lines.count }
        start = max(0, failing - HTMLLimits.linesBeforeFailure)
        var end = start
        room = limit
        while end < lines.count, room >= lines[end].utf8.count + 1 || end <= failing {
            room -= lines[end].utf8.count + 1
            end += 1
        }
        return start..<end
    }

    /// Neighbours of one style are one piece, so that a long log has few elements. After ``HTMLLimits/logPieces`` the rest is plain.
    private static func pieces(of lines: ArraySlice<String>, failing: [Int], anchors: [String]) -> [Piece] {
        var pieces: [Piece] = []
        let marks = Dictionary(zip(failing, anchors)) { first, _ in first }
        for (index, line) in ColouredText(lines).lines.enumerated() {
            let end = index == lines.count - 1 ? "" : "\n"
            if let anchor = marks[index] {
                pieces.append(
                    Piece(style: nil, anchor: anchor, text: ReportText.clip(line.map(\.text).joined(), limit: HTMLLimits.logLine)))
                append(ColouredText.Piece(style: nil, text: end), to: &pieces)
                continue
            }
            for piece in line {
                append(ColouredText.Piece(style: piece.style, text: ReportText.clip(piece.text, limit: HTMLLimits.logLine)), to: &pieces)
            }
            append(ColouredText.Piece(style: nil, text: end), to: &pieces)
        }
        return pieces
    }

    private static func append(_ piece: ColouredText.Piece, to pieces: inout [Piece]) {
        guard !piece.text.isEmpty else { return }
        let style = pieces.count < HTMLLimits.logPieces ? piece.style?.rawValue : nil
        if let last = pieces.last, last.anchor == nil, last.style == style || piece.text == "\n" {
            pieces[pieces.count - 1] = Piece(style: last.style, anchor: nil, text: last.text + piece.text)
        } else {
            pieces.append(Piece(style: style, anchor: nil, text: piece.text))
        }
    }
}
