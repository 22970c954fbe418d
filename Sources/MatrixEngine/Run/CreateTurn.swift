import MatrixCore
internal import Synchronization

/// A cell's place among those that its platform may create at once: waited for in the queue, released once.
final class CreateTurn: Sendable {
    private let semaphore: AsyncSemaphore
    private let isHeld = Mutex(false)

    init(_ semaphore: AsyncSemaphore) {
        self.semaphore = semaphore
    }

    /// Waits for the place, unless it is held already.
    ///
    /// - Parameter waiting: called if others are before it.
    /// - Throws: `CancellationError`; then no place is held.
    func take(waiting: () -> Void) async throws {
        guard !isHeld.withLock({ $0 }) else { return }
        try await semaphore.enter(waiting: waiting)
        isHeld.withLock { $0 = true }
    }

    /// Releases the place; does nothing if none is held.
    func leave() {
        let wasHeld = isHeld.withLock { isHeld in
            defer { isHeld = false }
            return isHeld
        }
        if wasHeld { semaphore.leave() }
    }
}
