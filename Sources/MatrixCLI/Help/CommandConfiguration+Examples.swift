import ArgumentParser

extension CommandConfiguration {
    /// The heading of the examples. `fixtures/manual.py` finds them by it.
    static let examplesHeading = "Examples:"

    /// The same with examples at the end of its help.
    ///
    /// - Parameter examples: what a line does, and the line.
    func showing(_ examples: KeyValuePairs<String, String>) -> CommandConfiguration {
        var copy = self
        let lines = examples.map { "  # \($0.key)\n  \($0.value)" }
        copy.discussion += (discussion.isEmpty ? "" : "\n\n") + "\(Self.examplesHeading)\n\(lines.joined(separator: "\n"))\n"
        return copy
    }

    /// The lines of the examples.
    var examples: [String] {
        guard let heading = discussion.firstRange(of: "\(Self.examplesHeading)\n") else { return [] }
        return discussion[heading.upperBound...].split(separator: "\n").filter { $0.hasPrefix("  matrix ") }.map { String($0.dropFirst(2)) }
    }
}
