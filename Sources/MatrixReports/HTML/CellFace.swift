internal import MatrixCore

/// How the page shows the state of a cell: its outcome, or what it does as long as it has none.
struct CellFace {
    static let runningGlyph = "▸"
    private static let waitingGlyph = "·"
    /// The states without an outcome: style and badge.
    static let open = [("running", "\(runningGlyph) running"), ("waiting", "\(waitingGlyph) waiting")]

    /// A class of the style sheet.
    let style: String
    let glyph: String
    let word: String
    /// What the cell does now; nil if it has ended, or waits.
    let now: String?
    let isOpen: Bool

    var badge: String { "\(glyph) \(word)" }

    init(_ cell: CellResult, _ activity: RunActivity?) {
        guard let activity, let doing = activity.cells[cell.name] else {
            (style, glyph, word, now, isOpen) = (cell.outcome.rawValue, cell.outcome.glyph, cell.word, nil, false)
            return
        }
        isOpen = true
        now = doing.phase.map { phase in
            let words = ReportText.line(doing.words, limit: 80)
            let length = Brief.length(activity.now.seconds(since: doing.since))
            return "\(phase.rawValue)\(words.isEmpty || words == phase.rawValue ? "" : ": \(words)") · \(length)"
        }
        if cell.outcome.isProblem {
            (style, glyph, word) = (cell.outcome.rawValue, cell.outcome.glyph, "\(cell.word), running")
        } else if doing.started == nil {
            (style, glyph, word) = ("waiting", Self.waitingGlyph, "waiting")
        } else {
            (style, glyph, word) = ("running", Self.runningGlyph, doing.phase?.rawValue ?? "running")
        }
    }
}
