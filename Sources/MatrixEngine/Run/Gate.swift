internal import Synchronization

/// Lets at most so many through at once, in the order in which they came; waiting ends with cancellation.
final class Gate: Sendable {
    private struct State {
        var free: Int
        var nextTicket = 0
        var waiting: [(ticket: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>

    /// - Parameter places: how many may be inside; nil for any number.
    init(places: Int?) {
        state = Mutex(State(free: places ?? Int.max))
    }

    /// Waits for a place.
    ///
    /// - Parameter waiting: is called where there is none yet.
    /// - Throws: `CancellationError`; then no place is held.
    func enter(waiting: () -> Void = {}) async throws {
        try Task.checkCancellation()
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(ticket) != nil { return .failure(CancellationError()) }
                    guard state.free > 0 else {
                        state.waiting.append((ticket, continuation))
                        return nil
                    }
                    state.free -= 1
                    return .success(())
                }
                if let outcome { continuation.resume(with: outcome) } else { waiting() }
            }
        } onCancel: {
            cancel(ticket)
        }
    }

    /// Gives a place back.
    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume()
    }

    private func cancel(_ ticket: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                // Either not queued yet, or already inside; a ticket is never used again.
                state.cancelled.insert(ticket)
                return nil
            }
            return state.waiting.remove(at: index).continuation
        }
        waiter?.resume(throwing: CancellationError())
    }
}
