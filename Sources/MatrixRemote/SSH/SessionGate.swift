internal import Synchronization

/// Bounds the sessions on one connection: sshd takes ten (`MaxSessions`) and refuses the rest.
final class SessionGate: Sendable {
    private struct State {
        var limit: Int
        var inUse = 0
        var waiting: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
        var next: UInt64 = 0
        var cancelled: Set<UInt64> = []
    }

    private let state: Mutex<State>

    init(limit: Int = 8) {
        state = Mutex(State(limit: limit))
    }

    /// Runs `work` when there is room for it.
    func enter<R>(_ work: () async throws -> R) async throws -> R {
        try await acquire()
        defer { release() }
        return try await work()
    }

    /// Lowers the limit to the sessions that are open besides the caller's; for hosts that allow fewer.
    ///
    /// - Returns: false if the caller is alone.
    func shrink() -> Bool {
        state.withLock { state in
            guard state.inUse > 1 else { return false }
            state.limit = max(1, min(state.limit, state.inUse - 1))
            return true
        }
    }

    private func acquire() async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let admitted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in wait(id, continuation) }
        } onCancel: {
            giveUp(id)
        }
        guard admitted else { throw CancellationError() }
    }

    private func wait(_ id: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
        let answer = state.withLock { state -> Bool? in
            if state.cancelled.remove(id) != nil { return false }
            guard state.inUse >= state.limit else {
                state.inUse += 1
                return true
            }
            state.waiting.append((id, continuation))
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
    }

    private func giveUp(_ id: UInt64) {
        let continuation = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                // Before its wait, or after it got in: then the mark is never looked at, and harmless.
                state.cancelled.insert(id)
                return nil
            }
            return state.waiting.remove(at: index).continuation
        }
        continuation?.resume(returning: false)
    }

    private func release() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.inUse -= 1
            guard state.inUse < state.limit, !state.waiting.isEmpty else { return nil }
            state.inUse += 1
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
