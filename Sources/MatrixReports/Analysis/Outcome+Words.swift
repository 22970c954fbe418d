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

    /// The word after a count: `1 error`, `2 errors`.
    public func words(_ count: Int) -> String {
        self == .error && count != 1 ? "errors" : rawValue
    }

    /// `✗ failed`.
    var badge: String { "\(glyph) \(rawValue)" }
}
