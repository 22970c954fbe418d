import MatrixCore
internal import Synchronization

/// Remembers which creates may still be under way at the server although nobody waits for their answers.
final class UnconfirmedCreates: Sendable {
    private struct State {
        var begun: Set<String> = []
        var lost: Set<String> = []
    }

    private let state = Mutex(State())

    /// A create of this name is about to be sent.
    func begin(_ name: String) { state.withLock { _ = $0.begun.insert(name) } }

    /// Its answer was lost.
    func lose(_ name: String) { state.withLock { _ = $0.lost.insert(name) } }

    /// Whether the server may still make it: not where this process began it and every try was answered.
    func isOpen(_ name: String) -> Bool { state.withLock { !$0.begun.contains(name) || $0.lost.contains(name) } }
}
