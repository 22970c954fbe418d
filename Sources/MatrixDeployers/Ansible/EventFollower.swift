internal import Foundation
internal import MatrixCore

/// Polls the callback plugin's file while `ansible-playbook` runs.
actor EventFollower {
    private let path: String
    private var handle: FileHandle?
    private var rest: [UInt8] = []
    private var record = TaskRecord()

    init(_ path: String) {
        self.path = path
    }

    deinit { try? handle?.close() }

    /// Reads what was written since the last call, and returns everything so far; an unfinished line waits for its end.
    @discardableResult
    func read() -> TaskRecord {
        if handle == nil { handle = FileHandle(forReadingAtPath: path) }
        rest += (try? handle?.readToEnd()).map { Array($0) } ?? []
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return record }
        for line in rest[..<end].split(separator: UInt8(ascii: "\n")) {
            if let event = try? JSON.decode(AnsibleEvent.self, from: Array(line)) { record.take(event) }
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
