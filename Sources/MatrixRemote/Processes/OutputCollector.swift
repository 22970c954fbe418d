import Glibc
internal import MatrixCore

/// Keeps the beginning of one stream, in memory or in a file, and cuts all of it into lines, in bounded memory.
struct OutputCollector {
    /// The longest line that is passed on whole, in bytes.
    static let longestLine = 64 << 10

    private let stream: OutputLine.Stream
    private let limit: Int
    private let file: OutputFile?
    private var head: [UInt8] = []
    private var count = 0
    private var line: [UInt8] = []
    private var leftOut = 0
    /// Why the file could not be written; then nothing more is kept.
    private(set) var failure: (any Error)?

    /// - Parameter file: gets the stream instead of memory; then it is not cut into lines.
    init(_ stream: OutputLine.Stream, limit: Int, file: OutputFile? = nil) {
        self.stream = stream
        self.limit = limit
        self.file = file
    }

    /// Whether there was more than is kept.
    var isTruncated: Bool { count > limit }

    /// What is kept in memory. If it is cut, then before a secret that may begin at its end: half of it would not be recognised.
    var kept: [UInt8] { isTruncated ? Redactor.current.withoutPartialSecret(head[...]) : head }

    /// Takes what was read and returns the lines that it completed.
    mutating func take(_ bytes: [UInt8]) -> [OutputLine] {
        let part = bytes.prefix(max(0, limit - count))
        count += bytes.count
        guard let file else {
            head += part
            return lines(in: bytes)
        }
        if failure == nil, !part.isEmpty { do { try file.write(part) } catch { failure = error } }
        return []
    }

    /// The last line, if it had no newline.
    mutating func end() -> OutputLine? {
        line.isEmpty && leftOut == 0 ? nil : finishedLine()
    }

    private mutating func lines(in bytes: [UInt8]) -> [OutputLine] {
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
        guard leftOut > 0 else { return OutputLine(stream, String(decoding: line, as: UTF8.self)) }
        // Half a secret at the cut would not be recognised later. Clean first: an escape code within it would hide it from the search.
        let clean = Array(PlainText.clean(line).utf8)
        let shown = Redactor.current.withoutPartialSecret(clean[...])
        return OutputLine(stream, "\(String(decoding: shown, as: UTF8.self)) … \(leftOut + clean.count - shown.count) bytes left out")
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
