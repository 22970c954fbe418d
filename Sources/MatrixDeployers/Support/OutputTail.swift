internal import MatrixCore
internal import Synchronization

/// Keeps the last lines that a program printed: what a person needs to see why it failed.
///
/// Two pipes have no common order. The log has their lines in the order of arrival; here standard error is last, as it says why.
final class OutputTail: Sendable {
    /// The last lines of a stream, free of the secrets that are known so far.
    private struct Part {
        var filter: SecretFilter
        var lines: [String] = []
    }

    private static let longestLine = 2000
    private let context: CellContext
    private let limit: Int
    private let state = Mutex<[OutputLine.Stream: Part]>([:])

    init(_ context: CellContext, limit: Int = 40) {
        self.context = context
        self.limit = limit
    }

    func add(_ line: OutputLine) {
        let clean = PlainText.clean(line.text)
        state.withLock { parts in
            var part = parts[line.stream] ?? Part(filter: SecretFilter(context.redactor))
            part.lines = (part.lines + part.filter.take(line: clean).map(Self.short)).suffix(limit)
            parts[line.stream] = part
        }
    }

    /// The last lines, those of standard error last.
    var lines: [String] {
        let errors = errorLines
        return (lines(of: .standardOutput) + errors).suffix(limit)
    }

    /// The last lines of standard error.
    var errorLines: [String] { lines(of: .standardError) }
    /// The last lines, also without the secrets that were found after them.
    var text: String { context.withoutSecrets(lines.joined(separator: "\n")) }

    private func lines(of stream: OutputLine.Stream) -> [String] {
        guard var part = state.withLock({ $0[stream] }) else { return [] }
        return (part.lines + part.filter.endOfLines().map(Self.short)).suffix(limit)
    }

    private static func short(_ line: String) -> String { PlainText.clipped(line, to: longestLine) }
}
