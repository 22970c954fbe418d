import MatrixCore
import UnixSignals

#if canImport(Glibc)
import Glibc
#endif

/// Turns signals into an end: the first stops the work, which then cleans up; the second abandons that.
struct SignalWatch: Sendable {
    /// Stops the work; gets the status that the signal asks for: interrupted or terminated.
    let stop: @Sendable (ExitStatus) -> Void
    /// Says what may be left behind.
    let abandon: @Sendable () async -> Void

    /// Heeds signals while `work` goes on.
    func heeded<R>(_ work: () async throws -> R) async rethrows -> R {
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
