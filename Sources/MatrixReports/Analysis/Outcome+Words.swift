internal import MatrixCore

extension Outcome {
    /// A mark that can be told apart without colour; always beside the word.
    var glyph: String {
        switch self {
        case .passed: "✓"
        case .failed: "✗"
        case .error: "!"
        case .interrupted: "■"
        case .skipped: "–"
        }
    }

    /// `✗ failed`.
    var badge: String { "\(glyph) \(rawValue)" }
}
