/// Commands of GitHub's log, and texts that must not act as one.
enum WorkflowCommand {
    /// A text in which no line is a command. The runner finds `::` after white space at a line's start, and `##[` anywhere in it.
    static func harmless(_ text: String) -> String {
        guard text.contains("::") || text.contains("##[") else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let isCommand = line.drop(while: \.isWhitespace).hasPrefix("::")
            return (isCommand ? "| \(line)" : String(line)).replacing("##[", with: "## [")
        }.joined(separator: "\n")
    }

    /// The data of a command, on one line.
    static func escaped(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    /// The value of a command's property.
    static func escaped(property text: String) -> String {
        escaped(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }
}
