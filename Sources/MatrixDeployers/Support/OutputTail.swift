internal import MatrixCore
internal import Synchronization

/// Keeps the last lines that a program printed: what a person needs to see why it failed.
final class OutputTail: Sendable {
    private struct State {
        var lines: [String] = []
        var errors: [String] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int = 40) {
        self.limit = limit
    }

    func add(_ line: OutputLine) {
        let text = PlainText.clipped(PlainText.clean(line.text), to: 2000)
        state.withLock { state in
            state.lines = Array((state.lines + [text]).suffix(limit))
            if line.stream == .standardError { state.errors = Array((state.errors + [text]).suffix(limit)) }
        }
    }

    /// The last lines of both streams, in the order in which they came.
    var lines: [String] { state.withLock { $0.lines } }
    /// The last lines of standard error.
    var errorLines: [String] { state.withLock { $0.errors } }
    var text: String { lines.joined(separator: "\n") }
}
