import MatrixCore
import MatrixReports

/// One cause of problems for the terminal: what and where, what was expected and observed, the commands, then the end of the output.
struct CauseText {
    let cause: RunDigest.Cause
    let coloured: Bool

    /// The most lines of what was found, of a body, and of a program's output.
    private static let (mostFacts, mostBody, mostOutput) = (12, 5, 8)
    /// The most names of cells.
    private static let mostCells = 5

    var text: String {
        let detail = CauseDetail(cause.example.detail ?? "", without: cause.message)
        let lines =
            [place, cause.example.location.map { "at \($0)" }].compactMap(\.self) + Self.beginning(detail.facts, Self.mostFacts)
            + detail.commands + rerun
            + Self.beginning(detail.body, Self.mostBody) + Self.end(detail.output, Self.mostOutput)
        return ([head] + lines.map { "    \($0)" }).joined(separator: "\n")
    }

    private var head: String {
        let title = cause.title.isEmpty ? "" : "\(cause.title)\(cause.others > 0 ? " and \(cause.others) more" : ""): "
        let text = "\(Mark.glyph(cause.outcome)) \(title)\(cause.message)\(cause.isExperimental ? " (experimental)" : "")"
        return Mark.paint(text, Mark.colour(cause.outcome), coloured: coloured)
    }

    private var place: String? {
        guard !cause.cells.isEmpty else { return nil }
        let names = Self.names(cause.cells)
        // The sentence says how many of all cells it is; one cell needs no count.
        guard cause.place.hasPrefix("in ") else { return "in \(names): \(cause.place)" }
        return cause.cells.count == 1 ? "in \(names)" : "\(cause.place): \(names)"
    }

    private var rerun: [String] {
        cause.cells.isEmpty ? [] : ["run only \(cause.cells.count == 1 ? "this cell" : "these cells") again:", "$ \(cause.command)"]
    }

    /// At most five names.
    static func names(_ cells: [String]) -> String {
        cells.prefix(mostCells).joined(separator: ", ") + (cells.count > mostCells ? " and \(cells.count - mostCells) more" : "")
    }

    private static func beginning(_ lines: [String], _ most: Int) -> [String] {
        lines.count <= most ? lines : lines.prefix(most) + ["… \(count(lines.count - most)) more: see the page"]
    }

    private static func end(_ lines: [String], _ most: Int) -> [String] {
        lines.count <= most ? lines : ["… \(count(lines.count - most)) before: see the page"] + lines.suffix(most)
    }

    private static func count(_ lines: Int) -> String { lines == 1 ? "1 line" : "\(lines) lines" }
}

/// The detail of a case in its parts.
struct CauseDetail {
    /// What was expected and observed, and other short lines.
    private(set) var facts: [String] = []
    /// What to paste and what to do next.
    private(set) var commands: [String] = []
    /// The body of an answer.
    private(set) var body: [String] = []
    /// What a program printed.
    private(set) var output: [String] = []

    private enum Part {
        case facts
        case body
        case output
    }

    /// - Parameter message: what is said already.
    init(_ detail: String, without message: String) {
        let lines = detail.split(separator: "\n").map(String.init)
        var part = Part.facts
        for (index, line) in lines.enumerated() {
            let next = index + 1 < lines.count ? lines[index + 1] : ""
            // What a host printed must not pass for a command; ours are the last two lines.
            if part == .facts || index >= lines.count - 2, Self.isCommand(line) || line.hasSuffix(":") && next.hasPrefix("$ ") {
                commands.append(line)
            } else if line == "body:" {
                part = .body
                body.append(line)
            } else if part == .facts, Self.outputHeadings.contains(line) {
                part = .output
                output.append(line)
            } else if part == .facts, line != message {
                facts.append(line)
                if Self.isStatus(line, after: index) { part = .output }
            } else if line.hasPrefix("asked "), line.hasSuffix("last answer") {
                facts.append(line)
            } else if part == .body {
                body.append(line)
            } else if part == .output {
                output.append(line)
            }
        }
        if output.starts(with: ["message:", "  \(message)"]) { output.removeFirst(2) }
        leaveOutWhatIsSaid(in: message)
    }

    private static func isCommand(_ line: String) -> Bool {
        ["$ ", "run it again: ", "next: ", "remove it with: "].contains { line.hasPrefix($0) }
    }

    /// What stands above the outputs of a task.
    private static let outputHeadings = ["stdout:", "stderr:", "message:", "module's stderr:", "changed in the second run:"]

    /// A command's status comes second, after the command.
    private static func isStatus(_ line: String, after index: Int) -> Bool {
        index == 1 && (line.hasPrefix("exit status ") || line.hasPrefix("not started: "))
    }

    /// A single difference stands in the message as a whole.
    private mutating func leaveOutWhatIsSaid(in message: String) {
        let pairs = facts.indices.filter { Self.value(facts[$0], of: "expected") != nil }
        guard pairs.count == 1, let index = pairs.first, facts.indices.contains(index + 1),
            let expected = Self.value(facts[index], of: "expected"), let observed = Self.value(facts[index + 1], of: "observed"),
            message.contains("expected \(expected), observed \(observed)")
        else { return }
        // With the heading: `listening`.
        let isHeaded = index > 0 && facts[index].hasPrefix("  ") && message.hasPrefix(facts[index - 1])
        facts.removeSubrange((isHeaded ? index - 1 : index)...(index + 1))
    }

    private static func value(_ line: String, of key: String) -> Substring? {
        let line = line.drop(while: \.isWhitespace)
        return line.hasPrefix("\(key): ") ? line.dropFirst(key.count + 2) : nil
    }
}
