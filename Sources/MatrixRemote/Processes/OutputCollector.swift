import Glibc
internal import MatrixCore

/// Keeps the beginning of one stream and cuts all of it into lines, in bounded memory.
struct OutputCollector {
    /// The longest line that is passed on whole, in bytes.
    static let longestLine = 64 << 10

    private let stream: OutputLine.Stream
    private let limit: Int
    private(set) var kept: [UInt8] = []
    private(set) var isTruncated = false
    private var line: [UInt8] = []
    private var leftOut = 0

    init(_ stream: OutputLine.Stream, limit: Int) {
        self.stream = stream
        self.limit = limit
    }

    /// Takes what was read and returns the lines that it completed.
    mutating func take(_ bytes: [UInt8]) -> [OutputLine] {
        let room = max(0, limit - kept.count)
        kept += bytes.prefix(room)
        if bytes.count > room { isTruncated = true }
        var lines: [OutputLine] = []
        var rest = bytes[...]
        while let newline = rest.firstIndex(ofByte: 0x0a) {
            extend(rest[..<newline])
            lines.append(finishedLine())
            rest = rest[(newline + 1)...]
        }
        extend(rest)
        return lines
    }

    /// The last line, if it had no newline.
    mutating func end() -> OutputLine? {
        line.isEmpty && leftOut == 0 ? nil : finishedLine()
    }

    private mutating func extend(_ part: ArraySlice<UInt8>) {
        let taken = part.prefix(max(0, Self.longestLine - line.count))
        line += taken
        leftOut += part.count - taken.count
    }

    private mutating func finishedLine() -> OutputLine {
        defer {
            line.removeAll(keepingCapacity: true)
            leftOut = 0
        }
        // Half a word may be half a secret, which no redactor recognises.
        if leftOut > 0, let blank = line.lastIndex(of: 0x20) {
            leftOut += line.count - blank
            line.removeSubrange(blank...)
        }
        return OutputLine(stream, String(decoding: line, as: UTF8.self) + (leftOut > 0 ? " … \(leftOut) bytes left out" : ""))
    }
}

extension ArraySlice<UInt8> {
    /// The first position of a byte; uses `memchr`, as this runs over all output.
    func firstIndex(ofByte byte: UInt8) -> Int? {
        withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress, let found = memchr(base, Int32(byte), buffer.count) else { return nil }
            return startIndex + base.distance(to: UnsafeRawPointer(found))
        }
    }
}
