import MatrixCore
import Synchronization
import SystemPackage

/// A step's log file: every line is cleaned, redacted, written and emitted as an event, at once unless a secret may begin in it.
final class StepLog: Sendable {
    /// The maximum that is written; the rest is counted.
    static let limit = 64 << 20
    /// The longest line that is kept.
    static let lineLimit = 16 << 10

    /// Lines of one source follow each other; those of others come in between.
    private struct Source: Hashable {
        var stream: OutputLine.Stream
        var label: String?
    }

    private struct State {
        var filters: [Source: SecretFilter] = [:]
        var written = 0
        var dropped = 0
        var isFull = false
        var tail: [String] = []
    }

    /// Relative to the report's folder.
    let name: String
    private let path: String
    private let file: FileDescriptor
    private let redactor: Redactor
    private let onLine: @Sendable (String) -> Void
    private let state = Mutex(State())

    /// Creates `<artifacts>/<name>.log`.
    init(_ name: String, in context: (folder: String, name: String), redactor: Redactor, onLine: @escaping @Sendable (String) -> Void)
        throws
    {
        let fileName = Self.fileName(name) + ".log"
        self.name = "\(context.name)/\(fileName)"
        path = "\(context.folder)/\(fileName)"
        self.redactor = redactor
        self.onLine = onLine
        file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite, .groupRead, .otherRead])
    }

    deinit { try? file.close() }

    func write(_ text: String) { write(OutputLine(.standardOutput, text)) }

    func write(_ line: OutputLine) {
        let clean = PlainText.clean(line.text)
        let ready = state.withLock { state in
            state.filters[Source(stream: line.stream, label: line.label), default: SecretFilter(redactor)].take(line: clean)
        }
        for text in ready { put(line.labelling(text)) }
    }

    private func put(_ text: String) {
        let line = PlainText.clipped(text, to: Self.lineLimit)
        let isKept = state.withLock { state in
            state.tail.append(line)
            if state.tail.count > 40 { state.tail.removeFirst() }
            guard state.written < Self.limit else {
                state.dropped += 1
                return false
            }
            state.written += line.utf8.count + 1
            return true
        }
        if isKept { store(line) }
        onLine(line)
    }

    /// A full disk must not fail the step, as its verdict does not depend on the log; but it is said once.
    private func store(_ line: String) {
        do { _ = try file.writeAll((line + "\n").utf8) } catch {
            let size = state.withLock { state -> Int? in
                defer { state.isFull = true }
                return state.isFull ? nil : state.written
            }
            if let size { onLine("this log is not complete: writing \(path): \("\(error)".lowercased()) after \(ByteSize.brief(size))") }
        }
    }

    /// Writes the lines that still wait, and how many were left out.
    func finish() {
        let waiting = state.withLock { state in
            state.filters.flatMap { source, filter in
                var filter = filter
                return filter.endOfLines().map { OutputLine(source.stream, $0, label: source.label).labelled }
            }
        }
        for line in waiting { put(line) }
        let dropped = state.withLock { $0.dropped }
        if dropped > 0 { store("… \(dropped) more lines left out") }
    }

    /// The last lines, for a case's detail.
    var tail: String { state.withLock { $0.tail.suffix(20).joined(separator: "\n") } }

    /// A text as a file name: letters, digits, dots and dashes.
    static func fileName(_ text: String) -> String { LogName.part(text) }
}
