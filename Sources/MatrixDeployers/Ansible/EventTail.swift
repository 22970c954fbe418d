internal import Foundation
internal import MatrixCore

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
