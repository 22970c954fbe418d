internal import MatrixCore

/// Finds the line of a log at which a case failed.
enum FailingLine {
    /// The index of the line; nil if no line looks like it.
    static func index(of test: CaseResult, in lines: [String]) -> Int? {
        task(of: test, in: lines) ?? quote(of: test, in: lines) ?? lines.lastIndex { LogStyle(line: $0) == .bad }
    }

    /// The first bad line below the heading of the case's Ansible task.
    private static func task(of test: CaseResult, in lines: [String]) -> Int? {
        // `Play : Task (host)` is the case of `TASK [Task]`.
        let bare = test.name.hasSuffix(")") ? test.name.prefix { $0 != "(" }.dropLast() : test.name[...]
        let names = [String(bare), bare.split(separator: " : ", maxSplits: 1).last.map(String.init) ?? String(bare)]
        let heading = lines.lastIndex { line in
            line.hasPrefix("TASK [") && names.contains { line.hasPrefix("TASK [\($0)]") || line.contains(" : \($0)]") }
        }
        guard let heading else { return nil }
        let below = lines[(heading + 1)...]
        let end = below.firstIndex { $0.hasPrefix("TASK [") || $0.hasPrefix("PLAY ") } ?? lines.endIndex
        let own = lines[(heading + 1)..<end]
        return own.firstIndex { $0.hasPrefix("fatal: [") || $0.hasPrefix("failed: [") } ?? own.firstIndex { LogStyle(line: $0) == .bad }
    }

    /// The last line that holds what the message quotes: all of it, or what stands after its last colon.
    private static func quote(of test: CaseResult, in lines: [String]) -> Int? {
        let message = ReportText.line(test.message ?? "", limit: JUnitLimits.message)
        let parts = message.components(after: ": ")
        return parts.lazy.filter { $0.count >= 12 }.compactMap { part in lines.lastIndex { $0.contains(part) } }.first
    }
}

extension String {
    /// The whole text, then what stands after each separator: the longest first.
    fileprivate func components(after separator: String) -> [Substring] {
        var rest = self[...]
        var parts = [rest]
        while let range = rest.firstRange(of: separator) {
            rest = rest[range.upperBound...]
            parts.append(rest)
        }
        return parts
    }
}
