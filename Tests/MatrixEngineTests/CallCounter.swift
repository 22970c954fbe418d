import Synchronization

/// Counts without waiting, for scripts that cannot be asynchronous.
final class CallCounter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
