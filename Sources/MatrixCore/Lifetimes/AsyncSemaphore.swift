internal import Synchronization

/// Lets a limited number of tasks in at once, in the order in which they came.
///
/// A task that is cancelled before it is in gets `CancellationError` and holds nothing.
public final class AsyncSemaphore: Sendable {
    private struct State {
        var limit: Int
        var inside = 0
        var tickets = 0
        var waiting: [(ticket: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    }

    private let state: Mutex<State>

    /// - Parameter limit: how many may be in at once; nil for any number.
    public init(_ limit: Int?) {
        state = Mutex(State(limit: max(1, limit ?? Int.max)))
    }

    /// Runs `work` as soon as there is room for it, and leaves after it.
    ///
    /// - Throws: what `work` throws; `CancellationError` if the task was cancelled before `work` began.
    public func withPermit<R>(_ work: () async throws -> R) async throws -> R {
        try await enter()
        defer { leave() }
        return try await work()
    }

    /// Waits until there is room. Each call that returns needs one of ``leave()``.
    ///
    /// - Parameter waiting: called if there is no room yet.
    /// - Throws: `CancellationError`; then there is nothing to leave.
    public func enter(waiting: () -> Void = {}) async throws {
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    // A handler that ran before this found nobody to wake, but the task was marked before it.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    guard state.inside >= state.limit else {
                        state.inside += 1
                        return .success(())
                    }
                    state.waiting.append((ticket, continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) } else { waiting() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0).continuation }
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    /// Frees a place for the next task.
    public func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            // The place is handed on without being free in between.
            if state.inside <= state.limit, !state.waiting.isEmpty { return state.waiting.removeFirst().continuation }
            state.inside -= 1
            return nil
        }
        next?.resume()
    }

    /// Lowers the limit to one less than are in now, if more than one is in. Those who are in stay.
    public func shrink() {
        state.withLock { state in
            if state.inside > 1 { state.limit = min(state.limit, state.inside - 1) }
        }
    }
}
