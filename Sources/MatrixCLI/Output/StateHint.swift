import MatrixCore
import Synchronization

/// Adds `--state DIR` to the commands in messages if they would not find this state folder otherwise: pasted, they work on the same state.
final class StateHint: Sendable {
    static let shared = StateHint()

    /// Why a command needs to be told.
    enum Reason: Sendable {
        /// The command line names the folder.
        case named
        /// It belongs to the project of a matrix file, and the working folder is in another one: commands with the file find it by that.
        case elsewhere
    }

    private let folder = Mutex<(path: String, reason: Reason)?>(nil)

    /// - Parameter folder: as the user wrote it; nil if the command line names none.
    func use(_ folder: String?) { self.folder.withLock { $0 = folder.map { ($0, .named) } } }

    /// The folder that the command line names; nil if it names none.
    var named: String? { folder.withLock { $0?.reason == .named ? $0?.path : nil } }

    /// Notes the state folder of a file's project if the working folder would not lead to it.
    func useElsewhere(_ folder: String) {
        self.folder.withLock { if $0?.reason != .named { $0 = (folder, .elsewhere) } }
    }

    /// The text with the option after each command that needs it.
    func added(to text: String) -> String { folder.withLock { $0 }.map { Self.added($0.path, to: text, because: $0.reason) } ?? text }

    static func added(_ folder: String, to text: String, because reason: Reason = .named) -> String {
        let always =
            #/
            \bmatrix\h(?:
                (?:pool|template)\h[a-z]+
                |reap|status|ssh|inventory|resume|stop|start
            )\b(?!\h--state)
            /#
        let withFile =
            #/
            \bmatrix\h(?:
                (?:create|provision|deploy|verify|destroy)\b
                |run\b(?=\h(?:[^\s]*\.ya?ml\b|'|FILE\b))
            )(?!\h--state)
            /#
        let option = " --state \(ShellQuoting.quote(folder))"
        let hinted = text.replacing(always) { "\($0.output)\(option)" }
        return reason == .named ? hinted.replacing(withFile) { "\($0.output)\(option)" } : hinted
    }

    /// Adds it to the commands of a result.
    func complete(_ result: inout RunResult) {
        guard folder.withLock({ $0 != nil }) else { return }
        for index in result.cells.indices {
            for number in result.cells[index].cases.indices { complete(&result.cells[index].cases[number]) }
        }
        for index in result.leaks.indices { result.leaks[index].command = added(to: result.leaks[index].command) }
        for index in result.warnings.indices { result.warnings[index].hint = result.warnings[index].hint.map { added(to: $0) } }
        result.entrances = result.entrances?.map { entrance in
            var entrance = entrance
            entrance.commands = entrance.commands.map(added)
            return entrance
        }
    }

    private func complete(_ result: inout CaseResult) {
        result.detail = result.detail.map { added(to: $0) }
        for index in result.attempts.indices { result.attempts[index].detail = added(to: result.attempts[index].detail) }
    }
}
