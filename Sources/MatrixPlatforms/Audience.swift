internal import Synchronization

/// Those who follow one piece of work; who comes late is told the last line first.
final class Audience: Sendable {
    typealias Listener = @Sendable (String) -> Void

    private struct State {
        var listeners: [Int: Listener] = [:]
        var lastLine: String?
    }

    private let state = Mutex(State())

    func add(_ id: Int, _ listener: @escaping Listener) {
        let line = state.withLock { state in
            state.listeners[id] = listener
            return state.lastLine
        }
        if let line { listener(line) }
    }

    func remove(_ id: Int) {
        state.withLock { $0.listeners[id] = nil }
    }

    func tell(_ line: String) {
        let listeners = state.withLock { state in
            state.lastLine = line
            return Array(state.listeners.values)
        }
        for listener in listeners { listener(line) }
    }
}
