internal import MatrixCore
internal import Synchronization

/// Keeps the last lines that a program printed: what a person needs to see why it failed.
///
/// Two pipes have no common order. The log has their lines in the order of arrival; here standard error is last, as it says why.
final class OutputTail: Sendable {
    private static let longestLine = 2000
    private let context: CellContext
    private let limit: Int
    private let state = Mutex<[OutputLine.Stream: [String]]>([:])

    init(_ context: CellContext, limit: Int = 40) {
        self.context = context
        self.limit = limit
    }

    func add(_ line: OutputLine) {
        let clean = PlainText.clean(line.text)
        // Short lines are redacted later, together: only so is a secret of several lines recognised.
        let text = clean.utf8.count > Self.longestLine ? context.excerpt(clean, to: Self.longestLine) : clean
        state.withLock { $0[line.stream] = Array(($0[line.stream, default: []] + [text]).suffix(limit)) }
    }

    /// The last lines, those of standard error last.
    var lines: [String] {
        let errors = errorLines
        return (state.withLock { $0[.standardOutput] ?? [] } + errors).suffix(limit)
    }

    /// The last lines of standard error.
    var errorLines: [String] { state.withLock { $0[.standardError] ?? [] } }
    /// Redacted as a whole: a secret of several lines is not recognised in its last line alone.
    var text: String { context.withoutSecrets(lines.joined(separator: "\n")) }
}
