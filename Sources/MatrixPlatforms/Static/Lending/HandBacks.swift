internal import MatrixCore
internal import Synchronization

/// Tells the waiting cells of this process that a host has come back.
final class HandBacks: Sendable {
    private struct State {
        var count = 0
        var tickets = 0
        var waiting: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let state = Mutex(State())

    /// How many there were.
    var count: Int { state.withLock(\.count) }

    func announce() {
        let waiting = state.withLock { state in
            state.count += 1
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Waits until a host has come back.
    ///
    /// - Parameters:
    ///   - seen: the count when the caller looked for hosts.
    ///   - limit: how long at most; other processes hand hosts back without a word.
    /// - Throws: `CancellationError`.
    func wait(since seen: Int, atMost limit: Duration) async throws {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let ticket = state.withLock { state -> Int? in
            guard state.count == seen else { return nil }
            state.tickets += 1
            state.waiting[state.tickets] = continuation
            return state.tickets
        }
        guard let ticket else { return }
        let timer = Task {
            try? await Task.sleep(for: limit)
            continuation.finish()
        }
        for await _ in stream {}
        timer.cancel()
        state.withLock { $0.waiting[ticket] = nil }
        try Task.checkCancellation()
    }
}
