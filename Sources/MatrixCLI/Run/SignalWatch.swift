import Foundation
import MatrixCore
import UnixSignals

#if canImport(Glibc)
import Glibc
#endif

/// Handles SIGINT, SIGTERM and SIGHUP: the first stops the work, which then cleans up; the second abandons that.
struct SignalWatch: Sendable {
    /// Stops the work; gets the exit status for the signal: interrupted, terminated or hung up.
    let stop: @Sendable (ExitStatus) -> Void
    /// Reports what may be left behind; gets the first signal's status, and returns the one that the process ends with.
    let abandon: @Sendable (ExitStatus) async -> ExitStatus

    /// Handles signals while `work` runs.
    func watch<R>(_ work: () async throws -> R) async rethrows -> R {
        let watch = Task {
            var first: ExitStatus?
            for await signal in await UnixSignalsSequence(trapping: Self.signals) {
                if let first { exit(await abandon(first).rawValue) }
                let status = Self.status(of: signal)
                first = status
                stop(status)
            }
        }
        defer { watch.cancel() }
        return try await work()
    }

    /// Goes on if the terminal is closed, as under `nohup`; so do the programs that this process starts.
    static func ignoreHangUp() { _ = signal(SIGHUP, SIG_IGN) }

    /// Whoever started the process with SIGHUP ignored (`nohup`) wants it to go on.
    private static var signals: [UnixSignal] { [.sigint, .sigterm] + (ignoresHangUp ? [] : [.sighup]) }

    private static var ignoresHangUp: Bool {
        // Swift compares no C function pointers, so the kernel is asked: a mask in hexadecimal, signal 1 in the lowest bit.
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let mask = status.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }?.split(whereSeparator: \.isWhitespace).last
        return mask.flatMap { UInt64($0, radix: 16) }.map { $0 & 1 == 1 } ?? false
    }

    private static func status(of signal: UnixSignal) -> ExitStatus {
        switch signal {
        case .sigint: .interrupted
        case .sighup: .hungUp
        default: .terminated
        }
    }
}

extension ExitStatus {
    /// The name of the signal that asks for it.
    var signalName: String {
        switch self {
        case .interrupted: "SIGINT"
        case .hungUp: "SIGHUP"
        default: "SIGTERM"
        }
    }
}
