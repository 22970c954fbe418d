/// Runs `work` and cancels it when `limit` has passed.
///
/// `work` is always awaited, and what it returns is returned, however late: it may be something to take down.
/// - Throws: what `work` throws; `DeadlineExceeded` if the time ran out, even if `work` answered its cancellation with
///   another error; `CancellationError` if the caller was cancelled.
public func withDeadline<R: Sendable>(_ limit: Duration, _ work: @escaping @Sendable () async throws -> R) async throws -> R {
    try await withThrowingTaskGroup(of: R?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            // Ends early if the caller is cancelled; the work decides how it ends.
            try? await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        guard let result = first else {
            group.cancelAll()
            // The work is awaited: it may still be taking something down.
            while let leftover = try? await group.next() {
                if let result = leftover { return result }
            }
            try Task.checkCancellation()
            throw DeadlineExceeded(limit: limit)
        }
        return result
    }
}

/// Something took longer than its limit.
public struct DeadlineExceeded: Error, CustomStringConvertible {
    let limit: Duration

    public init(limit: Duration) {
        self.limit = limit
    }

    public var description: String { "not done after \(limit.brief)" }
}
