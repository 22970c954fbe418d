import Synchronization

/// Keeps lines that come from several tasks.
final class LineRecorder: Sendable {
    private let state = Mutex<[String]>([])

    func add(_ line: String) { state.withLock { $0.append(line) } }
    var lines: [String] { state.withLock { $0 } }
}
