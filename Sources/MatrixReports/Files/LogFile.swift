internal import MatrixCore
internal import SystemPackage

/// The end of a log file, with the numbers that its lines have in the whole file.
struct LogFile {
    /// Bytes that are read; more of a large file would not fit into a page.
    private static let readBytes = 256 << 10

    /// As they are in the file, escape codes too.
    let lines: [String]
    /// The number of the first line, from one.
    let first: Int

    /// The number of the last line.
    var count: Int { first + lines.count - 1 }

    /// Nil if it cannot be read, or is empty.
    init?(_ path: String) {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec),
            let read = try? file.closeAfter({ try Self.end(of: file) })
        else { return nil }
        var lines = String(decoding: read.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        // The first line may have lost its beginning.
        let isPart = read.isCut && lines.count > 1
        if isPart { lines.removeFirst() }
        guard lines.contains(where: { !$0.isEmpty }) else { return nil }
        self.lines = lines
        first = read.newlines + (isPart ? 2 : 1)
    }

    /// The last bytes, and the line ends before them.
    private static func end(of file: FileDescriptor) throws -> (bytes: [UInt8], newlines: Int, isCut: Bool) {
        let size = try file.seek(offset: 0, from: .end)
        let start = max(0, size - Int64(readBytes))
        var newlines = 0
        var position: Int64 = 0
        while position < start {
            let chunk = try read(file, from: position, count: Int(min(start - position, 1 << 20)))
            guard !chunk.isEmpty else { break }
            newlines += chunk.count { $0 == 0x0a }
            position += Int64(chunk.count)
        }
        var bytes: [UInt8] = []
        while bytes.count < readBytes {
            let chunk = try read(file, from: start + Int64(bytes.count), count: readBytes - bytes.count)
            guard !chunk.isEmpty else { break }
            bytes += chunk
        }
        return (bytes, newlines, start > 0)
    }

    private static func read(_ file: FileDescriptor, from offset: Int64, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
            read = try file.read(fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}
