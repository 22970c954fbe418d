internal import Foundation
import MatrixCore

/// The texts of all files that were read, in the order in which they were named: for finding positions inside of scalars.
final class SourceTexts {
    /// The files in the order in which they were read.
    private(set) var files: [String] = []
    private var lines: [String: [Substring]] = [:]

    func add(_ text: String, as file: String) {
        if !files.contains(file) { files.append(file) }
        lines[file] = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// Reads a file.
    ///
    /// - Throws: a short reason, without the path.
    func read(_ path: String) throws(UnreadableFile) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UnreadableFile(reason: FileManager.default.fileExists(atPath: path) ? "it cannot be read as a file" : "no such file")
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw UnreadableFile(reason: "it is not UTF-8 text") }
        add(text, as: path)
        return text
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
}
