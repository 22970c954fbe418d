/// Texts of unknown programs in GitHub-flavoured Markdown.
enum Markdown {
    /// One line, escaped so that it shows as it is.
    static func text(_ text: String, limit: Int) -> String {
        var escaped = ""
        for character in ReportText.line(text, limit: limit) {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            // A reference or a mention would become a link.
            case "@", "#": escaped += "&#\(character.unicodeScalars.first?.value ?? 0);"
            case "\\", "`", "*", "_", "[", "]", "|", "~", "$", "!": escaped += "\\\(character)"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// A code span, also within a table.
    static func code(_ text: String) -> String {
        let line = ReportText.line(text, limit: 1000).replacing("|", with: "¦")
        guard !line.isEmpty else { return "" }
        let ticks = String(repeating: "`", count: longestRun(in: line) + 1)
        return line.hasPrefix("`") || line.hasSuffix("`") ? "\(ticks) \(line) \(ticks)" : "\(ticks)\(line)\(ticks)"
    }

    /// A block of code whose fence is longer than any in it; empty if there is nothing to show.
    static func fence(_ text: String, limit: Int) -> String {
        let block = ReportText.block(text, limit: limit)
        guard !block.isEmpty else { return "" }
        let ticks = String(repeating: "`", count: max(3, longestRun(in: block) + 1))
        return "\(ticks)text\n\(block)\(block.hasSuffix("\n") ? "" : "\n")\(ticks)\n\n"
    }

    private static func longestRun(in text: String) -> Int {
        var longest = 0
        var current = 0
        for character in text.utf8 {
            current = character == UInt8(ascii: "`") ? current + 1 : 0
            longest = max(longest, current)
        }
        return longest
    }
}
