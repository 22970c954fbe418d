import Foundation
import Logging
import MatrixCore
import Synchronization
import SystemPackage

/// Takes what the modules log with swift-log: each request to an API, command on a host and child process, with its time and status.
///
/// All of it goes into `debug.log` of the run's folder, redacted and bounded; to standard error goes what `--log-level` asks for.
final class DebugLog: Sendable {
    /// The one of this process: swift-log is set up once in a process.
    static let shared = DebugLog()

    /// The name of its file.
    static let fileName = "debug.log"
    /// The most bytes that the file gets; later lines are counted.
    private let limit: Int
    /// The longest line that is kept, in bytes.
    private static let lineLimit = 4 << 10
    /// The longest that is searched for secrets. What this cut divides lies far inside of what `lineLimit` removes.
    private static let searchLimit = 64 << 10
    /// How many lines are kept until the run's folder is known.
    private static let earlyLimit = 2_000

    private struct State {
        var shown = Logger.Level.warning
        var redactor = Terminal.redactor
        var file: FileDescriptor?
        var early: [String] = []
        var written = 0
        var dropped = 0
        var isFull = false
    }

    private let state = Mutex(State())

    init(limit: Int = 32 << 20) { self.limit = limit }

    /// Makes it the target of all loggers that are created from now on.
    func install() {
        LoggingSystem.bootstrap { label in Handler(log: self, label: label) }
    }

    /// Shows this level and those above it on standard error, too.
    func show(_ level: Logger.Level) { state.withLock { $0.shown = level } }

    /// Writes to `debug.log` in a run's folder from now on, with the lines from before.
    ///
    /// - Parameter redactor: the run's; it knows all secrets that a line can hold.
    func open(in folder: String, redactor: Redactor) {
        let file = try? FileDescriptor.open(
            FilePath("\(folder)/\(Self.fileName)"), .writeOnly, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
        state.withLock { state in
            try? state.file?.close()
            (state.file, state.redactor, state.written, state.dropped) = (file, redactor, 0, 0)
            for line in state.early { write(line, &state) }
            state.early = []
        }
    }

    /// Says in the file how many lines did not fit.
    func close() {
        state.withLock { state in
            if state.dropped > 0 { _ = try? state.file?.writeAll("… \(state.dropped) more lines did not fit\n".utf8) }
            try? state.file?.close()
            state.file = nil
        }
    }

    /// Takes one line.
    func take(_ level: Logger.Level, _ text: String) {
        let line = "\(Timestamp.now) \(level) \(PlainText.clean(PlainText.clipped(text, to: Self.searchLimit)))"
        let shown = state.withLock { state -> String? in
            if state.file != nil {
                write(line, &state)
            } else if state.early.count < Self.earlyLimit {
                state.early.append(line)
            }
            return level >= state.shown ? Self.shown(line, state) : nil
        }
        if let shown { Terminal.error(shown) }
    }

    /// Cut last: nothing recognises half a secret.
    private static func shown(_ line: String, _ state: State) -> String { PlainText.clipped(state.redactor.redact(line), to: lineLimit) }

    private func write(_ line: String, _ state: inout State) {
        let bytes = Array((Self.shown(line, state) + "\n").utf8)
        guard state.written + bytes.count <= limit else {
            state.dropped += 1
            return
        }
        state.written += bytes.count
        // A full disk must not fail the run, but it is said once.
        do { _ = try state.file?.writeAll(bytes) } catch {
            if !state.isFull {
                let cause = "\(error)".lowercased()
                Terminal.error("warning: \(Self.fileName) is not complete: \(cause) after \(ByteSize.brief(state.written))")
            }
            state.isFull = true
        }
    }

    /// One logger's way to the log.
    private struct Handler: LogHandler {
        let log: DebugLog
        let label: String
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.take(event.level, "\(label): \(event.message)")
        }
    }
}
