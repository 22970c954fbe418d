import Foundation
import MatrixCore

/// A command that a run printed, and where.
struct PrintedCommand: Hashable, CustomStringConvertible {
    let text: String
    /// `terminal`, `page`, `summary.md`, `annotations`, `results.json`.
    let place: String
    /// What stands before it: the promise.
    let sentence: String

    var description: String { "\(place): \(sentence) \(text)" }

    /// The programs whose commands a report may print.
    private static let programs = ["matrix", "ssh", "podman", "sh", "curl", "ansible-playbook"]

    /// All commands of a text: lines that begin with a prompt, lines of a program alone, and what follows `with: ` and the like in
    /// a sentence.
    static func all(in text: String, of place: String) -> [PrintedCommand] {
        var found: [PrintedCommand] = []
        var before = ""
        for line in text.split(whereSeparator: \.isNewline).map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if line.hasPrefix("ran: ") { continue }
            if line.hasPrefix("$ ") {
                found.append(PrintedCommand(text: String(line.dropFirst(2)), place: place, sentence: before))
            } else if programs.contains(where: { line.hasPrefix("\($0) ") && line.contains(" ") }), isCommand(line) {
                found.append(PrintedCommand(text: line, place: place, sentence: before))
            } else if let inline = line.firstMatch(of: /(?:with|again|page|next|it|jobs|see)(?::| with:) (matrix [a-z]+ [^;]+)/) {
                found.append(PrintedCommand(text: String(inline.output.1), place: place, sentence: String(line.prefix(60))))
                before = line
            } else {
                before = line
            }
        }
        return found
    }

    /// `matrix` begins a command; the word may also begin a sentence.
    private static func isCommand(_ line: String) -> Bool {
        guard line.hasPrefix("matrix ") else { return true }
        let verbs = [
            "run", "create", "provision", "deploy", "verify", "destroy", "status", "resume", "reap", "ssh", "inventory", "check", "report",
            "doctor",
        ]
        return verbs.contains { line.hasPrefix("matrix \($0)") }
    }

    /// The text of a page as a reader sees it: no tags, no scripts, no styles, entities resolved.
    static func text(ofPage html: String) -> String {
        let bare = html.replacing(/(?s)<(script|style)\b.*?<\/\1>/, with: "")
        let lines = bare.replacing(/<(?:br|\/(?:p|pre|div|li|code|dd|dt|td|h[1-6]|summary))[^>]*>/, with: "\n").replacing(
            /(?s)<[^>]*>/, with: "")
        let entities = ["&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'", "&#x27;": "'", "&#x2F;": "/", "&amp;": "&"]
        return entities.sorted { $0.key > $1.key }.reduce(lines) { $0.replacing($1.key, with: $1.value) }
    }

    /// The text of annotations of GitHub's runner.
    static func text(ofAnnotations text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("::error") || $0.hasPrefix("::warning") }
        return lines.joined(separator: "\n").replacing("%0A", with: "\n").replacing("%3A", with: ":").replacing("%2C", with: ",").replacing(
            "%25", with: "%")
    }
}

/// A red run in a folder, and what it printed.
struct RedRun {
    let project: Project
    /// Where the run was started; its commands are pasted there.
    let folder: String
    let terminal: String
    let status: Int32
    let reports: String

    /// Each command once, in the order of the places and the lines.
    func commands() throws -> [PrintedCommand] {
        func read(_ name: String) throws -> String { try String(contentsOfFile: "\(reports)/\(name)", encoding: .utf8) }
        let all =
            PrintedCommand.all(in: terminal, of: "terminal")
            + PrintedCommand.all(in: PrintedCommand.text(ofPage: try read("index.html")), of: "page")
            + PrintedCommand.all(in: try read("summary.md"), of: "summary.md")
            + PrintedCommand.all(in: PrintedCommand.text(ofAnnotations: terminal), of: "annotations")
        var seen: Set<String> = []
        return all.filter { seen.insert("\($0.place) \($0.text)").inserted }
    }

    /// Pastes a command, with the built program as `matrix`.
    func paste(_ command: String) throws -> (status: Int32, output: String) {
        let bin = project.url.appendingPathComponent(".bin").path
        if !FileManager.default.fileExists(atPath: bin) {
            try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(atPath: "\(bin)/matrix", withDestinationPath: MatrixProcess.executable)
        }
        // A shell or a browser would wait for a person.
        let words =
            "PATH=\(ShellQuoting.quote(bin)):$PATH; unset SOLTI_STATE GITHUB_ACTIONS; "
            + "cd \(ShellQuoting.quote(folder)) && { \(command) ; } </dev/null 2>&1"
        return try Shell.run("timeout", "300", "sh", "-c", words)
    }
}
