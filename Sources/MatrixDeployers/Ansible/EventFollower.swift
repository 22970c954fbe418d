internal import Foundation
internal import MatrixCore

/// Polls the callback plugin's file while `ansible-playbook` runs.
actor EventFollower {
    private let tail: EventTail
    private(set) var record = TaskRecord()

    init(_ path: String) {
        tail = EventTail(path)
    }

    /// Reads what was written since the last call, and returns everything so far.
    @discardableResult
    func read() -> TaskRecord {
        for event in tail.next() { record.take(event) }
        return record
    }

    /// Keeps reading until the surrounding task is cancelled.
    func follow() async {
        while !Task.isCancelled {
            read()
            try? await Task.sleep(for: .milliseconds(200))
        }
    }
}

/// Follows the callback plugin's file while it grows.
final class EventTail {
    private let path: String
    private var handle: FileHandle?
    private var rest: [UInt8] = []

    init(_ path: String) {
        self.path = path
    }

    deinit { try? handle?.close() }

    /// The events that were added since the last call; an unfinished line waits for its end.
    func next() -> [AnsibleEvent] {
        if handle == nil { handle = FileHandle(forReadingAtPath: path) }
        guard let data = try? handle?.readToEnd() else { return [] }
        rest += Array(data)
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = rest[..<end].split(separator: UInt8(ascii: "\n"))
        rest = Array(rest[(end + 1)...])
        return lines.compactMap { try? JSON.decode(AnsibleEvent.self, from: Array($0)) }
    }
}
