internal import MatrixCore

extension Outcome {
    /// Failed, error or interrupted.
    var isProblem: Bool {
        switch self {
        case .failed, .error, .interrupted: true
        case .passed, .skipped: false
        }
    }

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
