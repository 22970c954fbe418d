internal import Foundation
import MatrixCore

/// The program of a `script` check: a file of the project that is sent to the host, or one that is already there.
struct ScriptSource: Sendable {
    /// Larger files are programs and belong on the host.
    private static let largest = 1 << 20

    /// Its absolute path here, or on the host.
    let path: String
    /// Its text, if it is sent.
    let text: String?

    /// - Parameter isHere: whether it runs on this machine, so that nothing has to be sent.
    /// - Throws: `UsageError` if a file to send does not exist or is not text.
    init(_ document: Document, isHere: Bool) throws(UsageError) {
        let name = document.text ?? ""
        path = FileReference.resolve(name, namedIn: document.location.file, home: ProcessInfo.processInfo.environment["HOME"])
        let isOfProject = !name.hasPrefix("/")
        guard isOfProject || isHere else {
            text = nil
            return
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError([
                Diagnostic(
                    at: document.location, "there is no file \(path)", hint: "relative paths are relative to the file that names them")
            ])
        }
        guard !isHere else {
            text = nil
            return
        }
        guard data.count <= Self.largest, !data.contains(0), let text = String(validating: data, as: UTF8.self) else {
            throw UsageError([
                Diagnostic(
                    at: document.location, "\(path) is not a text file and cannot be sent as a script",
                    hint: "put the program on the host and name it by its absolute path")
            ])
        }
        self.text = text
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The interpreter, from the first line (`#!`), as the kernel reads it.
    var interpreter: [String] {
        guard let text, text.hasPrefix("#!") else { return ["sh"] }
        let line = text.dropFirst(2).prefix { !$0.isNewline }
        let words = line.split(maxSplits: 1, whereSeparator: \.isWhitespace).map { $0.split(separator: " ").joined(separator: " ") }
        return words.isEmpty ? ["sh"] : words
    }

    /// The command that a person can type to run a text from standard input.
    var display: [String] {
        let shells: Set = ["sh", "bash", "dash", "ash", "ksh", "zsh"]
        let program = interpreter.last?.split(separator: "/").last.map(String.init) ?? "sh"
        return interpreter + (shells.contains(program) ? ["-s", "--"] : ["-"])
    }
}
