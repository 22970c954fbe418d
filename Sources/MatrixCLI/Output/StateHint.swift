import MatrixCore
import Synchronization

/// Adds `--state DIR` to the commands in messages, if this process was given it: pasted, they work on the same state.
final class StateHint: Sendable {
    static let shared = StateHint()
    private let folder = Mutex<String?>(nil)

    /// - Parameter folder: as the user wrote it; nil if the command line names none.
    func use(_ folder: String?) { self.folder.withLock { $0 = folder } }

    /// The text with the option after each command that takes it.
    func added(to text: String) -> String { folder.withLock { $0 }.map { Self.added($0, to: text) } ?? text }

    static func added(_ folder: String, to text: String) -> String {
        let command =
            #/
            \bmatrix\h(?:
                (?:pool|template)\h[a-z]+
                |reap|status|ssh|inventory|create|provision|deploy|verify|destroy|resume|stop|start
            )\b(?!\h--state)
            /#
        return text.replacing(command) { "\($0.output) --state \(ShellQuoting.quote(folder))" }
    }
}
