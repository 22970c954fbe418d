/// Repeats `work` until it succeeds or `pause` returns nil.
///
/// The surrounding deadline bounds it, too: a pause ends with its task's cancellation.
/// - Parameter pause: given the error and the number of the try that failed, from one; returns nil if a retry is useless.
/// - Throws: the last error of `work`; `CancellationError`.
func retrying<R>(_ work: () async throws -> R, pause: (any Error, Int) -> Duration?) async throws -> R {
    var attempt = 1
    while true {
        do {
            return try await work()
        } catch {
            guard !(error is CancellationError), let wait = pause(error, attempt) else { throw error }
            try await Task.sleep(for: wait)
            attempt += 1
        }
    }
}
