internal import Foundation
internal import MatrixCore

/// Polls the callback plugin's file while `ansible-playbook` runs.
actor EventFollower {
    private let path: String
    private let original: @Sendable (String) -> String
    private var handle: FileHandle?
    private var rest: [UInt8] = []
    private var record = TaskRecord()

    /// - Parameter original: gives the paths of tasks the form that people know.
    init(_ path: String, original: @escaping @Sendable (String) -> String = { $0 }) {
        self.path = path
        self.original = original
    }

    deinit { try? handle?.close() }

    /// Reads what was written since the last call, and returns everything so far; an unfinished line waits for its end.
    @discardableResult
    func read() -> TaskRecord {
        if handle == nil { handle = FileHandle(forReadingAtPath: path) }
        rest += (try? handle?.readToEnd()).map { Array($0) } ?? []
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return record }
        for line in rest[..<end].split(separator: UInt8(ascii: "\n")) {
            guard var event = try? JSON.decode(AnsibleEvent.self, from: Array(line)) else { continue }
            event.path = event.path.map(original)
            record.take(event)
        }
        rest = Array(rest[(end + 1)...])
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
