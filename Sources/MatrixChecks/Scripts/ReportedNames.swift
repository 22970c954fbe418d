import MatrixCore

/// Names of the cases that a script reported: one line, unique within the script's step, with the host's label.
enum ReportedNames {
    private static let longest = 200

    static func unique(_ parts: [ReportedCase], label: String?, except name: String) -> [(part: ReportedCase, name: String)] {
        var taken: Set = [name]
        return parts.map { part in
            let line = PlainText.clean(part.name).split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let base = Observed.cut(line.isEmpty ? "unnamed" : line, to: longest)
            var number = 1
            var candidate = ""
            repeat {
                candidate = base + (number > 1 ? " (\(number))" : "") + (label.map { " (\($0))" } ?? "")
                number += 1
            } while !taken.insert(candidate).inserted
            return (part, candidate)
        }
    }
}
