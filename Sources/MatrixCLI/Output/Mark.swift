import MatrixCore
import Rainbow

/// How an outcome looks in a terminal: a glyph and a word, sometimes in colour.
enum Mark {
    static func glyph(_ outcome: Outcome) -> String {
        switch outcome {
        case .passed: "✓"
        case .failed: "✗"
        case .error: "!"
        case .interrupted: "■"
        case .skipped: "–"
        }
    }

    /// `✓ passed`, with colour if wanted.
    static func text(_ outcome: Outcome, coloured: Bool) -> String {
        paint("\(glyph(outcome)) \(outcome.rawValue)", colour(outcome), coloured: coloured)
    }

    static func paint(_ text: String, _ colour: NamedColor, coloured: Bool) -> String {
        guard coloured else { return text }
        return Rainbow.generateString(for: Rainbow.Entry(segments: [Rainbow.Segment(text: text, color: .named(colour))]))
    }

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
