import MatrixCore
internal import Synchronization

/// Remembers the creates that the server may still be working on although nobody waits for the replies.
final class UnconfirmedCreates: Sendable {
    private struct State {
        var begun: Set<String> = []
        var lost: Set<String> = []
    }

    private let state = Mutex(State())

    /// A create of this name is about to be sent.
    func begin(_ name: String) { state.withLock { _ = $0.begun.insert(name) } }

    /// Its reply was lost.
    func lose(_ name: String) { state.withLock { _ = $0.lost.insert(name) } }

    /// Whether the server may still make it: no if this process sent the create and got a reply to every try.
    func isOpen(_ name: String) -> Bool { state.withLock { !$0.begun.contains(name) || $0.lost.contains(name) } }
}
