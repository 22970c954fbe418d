internal import Foundation
import MatrixCore
internal import SystemPackage

/// The texts of all files that were read, in the order in which they were named: for finding positions inside of scalars.
final class SourceTexts {
    /// The files in the order in which they were read.
    private(set) var files: [String] = []
    private var lines: [String: [Substring]] = [:]
    /// What was read before: a pipe has its text once.
    private var known: [String: Result<String, UnreadableFile>] = [:]
    /// How many more bytes can be read.
    private var left = LoadLimits.bytes

    func add(_ text: String, as file: String) {
        if lines[file] == nil { files.append(file) }
        lines[file] = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// Takes the text of a file that was read before, so that it is not read again.
    func know(_ text: Result<String, UnreadableFile>, of path: String) { known[path] = text }

    /// Reads a file.
    ///
    /// - Parameter isGiven: whether it is on the command line: that may be a pipe, a file that another names may not.
    /// - Throws: a short reason, without the path.
    func read(_ path: String, isGiven: Bool) throws(UnreadableFile) -> String {
        if let text = known[path] {
            add((try? text.get()) ?? "", as: path)
            return try text.get()
        }
        guard FileManager.default.fileExists(atPath: path) else { throw UnreadableFile(reason: "no such file") }
        if !isGiven, !Self.isRegular(path) { throw UnreadableFile(reason: "it cannot be read as a file") }
        guard let bytes = Self.bytes(of: path, atMost: left + 1) else { throw UnreadableFile(reason: "it cannot be read as a file") }
        guard bytes.count <= left else {
            throw UnreadableFile(
                reason: "a matrix file and the files that it uses have at most \(ByteSize.brief(LoadLimits.bytes)) together",
                hint: "move scripts and data into files that the steps name")
        }
        left -= bytes.count
        guard let text = String(validating: bytes, as: UTF8.self) else { throw UnreadableFile(reason: "it is not UTF-8 text") }
        add(text, as: path)
        return text
    }

    private static func isRegular(_ path: String) -> Bool {
        let real = URL(filePath: path).resolvingSymlinksInPath().path
        return (try? FileManager.default.attributesOfItem(atPath: real))?[.type] as? FileAttributeType == .typeRegular
    }

    /// The beginning of a file, which may have no end.
    private static func bytes(of path: String, atMost limit: Int) -> [UInt8]? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly) else { return nil }
        defer { try? file.close() }
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
        defer { buffer.deallocate() }
        while bytes.count < limit {
            guard let count = try? file.read(into: buffer) else { return nil }
            if count == 0 { break }
            bytes += buffer.prefix(min(count, limit - bytes.count))
        }
        return bytes
    }

    /// The position of a reference inside of a scalar in its file; the scalar's position if it cannot be found.
    ///
    /// A scalar's text differs from its source by quoting, folding and indentation, but the source has each of its `${`, too.
    func location(of reference: Template.Reference, in text: String, at start: SourceLocation) -> SourceLocation {
        guard let lines = lines[start.file], start.line >= 1 else { return start }
        var remaining = text.prefix(reference.offset).ranges(of: "${").count
        var column = start.column - 1
        for number in (start.line - 1)..<max(start.line, lines.count) where lines.indices.contains(number) {
            let scalars = Array(lines[number].unicodeScalars)
            for index in scalars.indices.dropLast() where index >= column && scalars[index] == "$" && scalars[index + 1] == "{" {
                if remaining == 0 { return SourceLocation(file: start.file, line: number + 1, column: index + 1) }
                remaining -= 1
            }
            column = 0
        }
        return start
    }
}

/// Why a file's text could not be read.
struct UnreadableFile: Error {
    var reason: String
    /// What to do; nil to check the path.
    var hint: String?
}
