internal import Synchronization

/// One ``AsyncSemaphore`` a name: of a platform, a storage, a node.
public final class KeyedSemaphores: Sendable {
    private let limit: @Sendable (String) -> Int?
    private let known = Mutex<[String: AsyncSemaphore]>([:])

    /// - Parameter limit: how many may be in at once under a name; nil for any number.
    public init(_ limit: @escaping @Sendable (String) -> Int?) {
        self.limit = limit
    }

    /// The semaphore of a name.
    public subscript(name: String) -> AsyncSemaphore {
        known.withLock { known in
            if let semaphore = known[name] { return semaphore }
            let semaphore = AsyncSemaphore(limit(name))
            known[name] = semaphore
            return semaphore
        }
    }
}
