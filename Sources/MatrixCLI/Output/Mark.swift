import MatrixCore
import MatrixReports
import Rainbow

/// How an outcome looks in a terminal: a glyph and a word, sometimes in colour.
enum Mark {
    /// How many there are of each outcome: `3 passed, 1 failed`.
    static func counts(_ outcomes: [Outcome]) -> String {
        let groups = Dictionary(grouping: outcomes) { $0 }
        return Outcome.allCases.compactMap { outcome in groups[outcome].map { "\($0.count) \(outcome.words($0.count))" } }
            .joined(separator: ", ")
    }

    /// The same in few columns: `3 ✓ 1 ✗`.
    static func briefCounts(_ outcomes: [Outcome]) -> String {
        let groups = Dictionary(grouping: outcomes) { $0 }
        return Outcome.allCases.compactMap { outcome in groups[outcome].map { "\($0.count) \(glyph(outcome))" } }.joined(separator: " ")
    }

    static func glyph(_ outcome: Outcome) -> String { outcome.glyph }

    /// `✓ passed`, with colour if wanted.
    static func text(_ outcome: Outcome, coloured: Bool) -> String {
        paint("\(glyph(outcome)) \(outcome.rawValue)", colour(outcome), coloured: coloured)
    }

    static func paint(_ text: String, _ colour: NamedColor, coloured: Bool) -> String {
        guard coloured, !text.isEmpty else { return text }
        // Rainbow's own function asks whether standard output is a terminal; the grid is on standard error.
        return "\u{1b}[\(colour.value.map(String.init).joined(separator: ";"))m\(text)\u{1b}[0m"
    }

    /// What passed, but passed over something.
    static func note(_ text: String, coloured: Bool) -> String { paint(text, .yellow, coloured: coloured) }

    static func colour(_ outcome: Outcome) -> NamedColor {
        switch outcome {
        case .passed: .green
        case .failed: .red
        case .error: .magenta
        case .interrupted: .yellow
        case .skipped: .lightBlack
        }
    }
}
