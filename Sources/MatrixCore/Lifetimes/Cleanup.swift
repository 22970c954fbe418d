/// Runs `body`, then `cleanup`, and waits for both, also when `body` throws or the task is cancelled.
public func withCleanup<R>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> sending R,
    cleanup: sending @escaping () async -> Void
) async throws -> sending R {
    let outcome: Result<R, any Error>
    do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
    // A fresh task starts uncancelled; awaiting its value keeps this structured.
    await Task { await cleanup() }.value
    return try outcome.get()
}

/// Finishes `work` even if the caller is cancelled meanwhile.
public func uncancelled<R: Sendable>(_ work: sending @escaping () async throws -> R) async throws -> R {
    try await Task { try await work() }.value
}
