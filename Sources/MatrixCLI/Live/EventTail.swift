import MatrixCore
import SystemPackage

/// Reads a run's `events.ndjson` while its process writes it, each event once.
final class EventTail {
    /// Bytes that are read at once: a large file does not fill the memory.
    private static let piece = 4 << 20

    private let path: String
    private let skipsOutput: Bool
    private var file: FileDescriptor?
    /// The beginning of a line whose end is not written yet.
    private var rest: [UInt8] = []

    /// - Parameters:
    ///   - report: the folder of the run's report.
    ///   - skipsOutput: leaves out the lines of output, which are most of the file.
    init(of report: String, skipsOutput: Bool) {
        path = "\(report)/events.ndjson"
        self.skipsOutput = skipsOutput
    }

    deinit { try? file?.close() }

    /// The events that were written since the last call; a line that cannot be read is left out.
    func next() -> [Event] {
        var events: [Event] = []
        forEachLine { line in
            if skipsOutput, Self.isOutput(line) { return }
            if let event = try? JSON.decode(Event.self, from: Array(line)) { events.append(event) }
        }
        return events
    }

    private func forEachLine(_ body: (ArraySlice<UInt8>) -> Void) {
        if file == nil { file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) }
        guard let file else { return }
        while true {
            let bytes =
                (try? [UInt8](unsafeUninitializedCapacity: Self.piece) { buffer, count in
                    count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }) ?? []
            guard !bytes.isEmpty else { return }
            rest += bytes
            var start = rest.startIndex
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                body(rest[start..<end])
                start = end + 1
            }
            rest.removeSubrange(..<start)
        }
    }

    /// The keys of an event are sorted: a cell's name comes before the kind.
    private static func isOutput(_ line: ArraySlice<UInt8>) -> Bool {
        String(decoding: line.prefix(200), as: UTF8.self).contains("\"kind\":{\"output\":")
    }
}
