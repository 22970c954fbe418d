import MatrixCore
import Synchronization
import SystemPackage

/// Writes every event as a line of JSON to `events.ndjson` during the run.
final class EventFile: EventSink {
    private let file: FileDescriptor
    private let lock = Mutex(())

    init(in reports: String) throws {
        file = try FileDescriptor.open(
            FilePath("\(reports)/events.ndjson"), .writeOnly, options: [.create, .append],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
    }

    deinit { try? file.close() }

    func emit(_ event: Event) {
        let line = ((try? JSON.encode(event)) ?? Array("{}".utf8)) + [UInt8(ascii: "\n")]
        lock.withLock { _ in _ = try? file.writeAll(line) }
    }
}
