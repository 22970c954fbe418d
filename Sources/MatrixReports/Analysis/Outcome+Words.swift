public import MatrixCore

extension Outcome {
    /// A mark that is distinct without colour; always shown with the word.
    public var glyph: String {
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
