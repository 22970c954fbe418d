internal import Synchronization

/// A cell's place among those that its platform may create at once: waited for in the queue, given back once.
final class CreateTurn: Sendable {
    private let gate: Gate
    private let isHeld = Mutex(false)

    init(_ gate: Gate) {
        self.gate = gate
    }

    /// Waits for the place where it is not held yet.
    ///
    /// - Parameter waiting: is called where others are before it.
    /// - Throws: `CancellationError`; then no place is held.
    func take(waiting: () -> Void) async throws {
        guard !isHeld.withLock({ $0 }) else { return }
        try await gate.enter(waiting: waiting)
        isHeld.withLock { $0 = true }
    }

    /// Gives the place back; does nothing where none is held.
    func leave() {
        let wasHeld = isHeld.withLock { isHeld in
            defer { isHeld = false }
            return isHeld
        }
        if wasHeld { gate.leave() }
    }
}
