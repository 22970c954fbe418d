internal import Foundation

/// Reads a file of this machine from its beginning to its end, in bounded memory.
struct PieceReader {
    private static let pieceSize = 64 << 10
    private let file: FileHandle
    private var buffer: ArraySlice<UInt8> = []

    /// Nil if the file cannot be read.
    init?(_ path: String) {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        self.file = file
    }

    /// At most `count` bytes; nil at the end of the file.
    mutating func piece(atMost count: Int = .max) -> ArraySlice<UInt8>? {
        fill()
        defer { buffer = buffer.dropFirst(count) }
        return buffer.isEmpty ? nil : buffer.prefix(count)
    }

    /// Exactly `count` bytes; nil if there are fewer.
    mutating func bytes(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let piece = piece(atMost: count - bytes.count) else { return nil }
            bytes += piece
        }
        return bytes
    }

    /// The text until the next newline, which is skipped; nil if there is none within `limit` bytes.
    mutating func line(atMost limit: Int) -> String? {
        var line: [UInt8] = []
        while line.count <= limit {
            fill()
            guard !buffer.isEmpty else { return nil }
            if let newline = buffer.firstIndex(of: 0x0a) {
                line += buffer[..<newline]
                buffer = buffer[(newline + 1)...]
                return line.count > limit ? nil : String(decoding: line, as: UTF8.self)
            }
            line += buffer
            buffer = []
        }
        return nil
    }

    private mutating func fill() {
        guard buffer.isEmpty, let data = try? file.read(upToCount: Self.pieceSize) else { return }
        buffer = [UInt8](data)[...]
    }
}
