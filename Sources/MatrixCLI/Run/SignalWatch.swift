import MatrixCore
import UnixSignals

#if canImport(Glibc)
import Glibc
#endif

/// Handles SIGINT and SIGTERM: the first stops the work, which then cleans up; the second abandons that.
struct SignalWatch: Sendable {
    /// Stops the work; gets the exit status for the signal: interrupted or terminated.
    let stop: @Sendable (ExitStatus) -> Void
    /// Reports what may be left behind.
    let abandon: @Sendable () async -> Void

    /// Handles signals while `work` runs.
    func watch<R>(_ work: () async throws -> R) async rethrows -> R {
        let watch = Task {
            var isStopping = false
            for await signal in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                if isStopping {
                    await abandon()
                    exit(ExitStatus.leaked.rawValue)
                }
                isStopping = true
                stop(signal == .sigint ? .interrupted : .terminated)
            }
        }
        defer { watch.cancel() }
        return try await work()
    }
}
