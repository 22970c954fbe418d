import MatrixCore

/// Names of steps: as the file has them, and unique in their list.
enum StepName {
    /// Longer names are cut, so that tables and reports stay readable: those that are made from a step, and those that the file gives.
    static let longestMade = 100
    static let longestGiven = 200

    /// A step's name: the one in the file, or one made from its kind and the kind's value.
    static func of(_ document: Document, kind: Declaration) -> String {
        if let name = document["name"]?.text { return stable(name, longest: longestGiven) }
        let subject = document[kind.kind].map { Self.subject($0, of: kind) } ?? ""
        return stable(subject.isEmpty ? kind.kind : "\(kind.kind) \(subject)")
    }

    /// Names with ` (2)`, ` (3)` after repeated ones.
    static func unique(_ names: [String]) -> [String] {
        var taken: Set<String> = []
        // Where the search for a free number goes on: many steps may have one name.
        var next: [String: Int] = [:]
        return names.map { name in
            var candidate = name
            var number = next[name] ?? 2
            while !taken.insert(candidate).inserted {
                candidate = "\(name) (\(number))"
                number += 1
            }
            next[name] = number
            return candidate
        }
    }

    private static func subject(_ document: Document, of kind: Declaration) -> String {
        switch document.content {
        case .null: return ""
        case .scalar(let text, _): return text
        case .list(let elements):
            // A command is named by its program, a list of names by all of them.
            if kind.isCommand { return elements.first?.text.map(lastComponent) ?? "" }
            return elements.compactMap(\.text).joined(separator: ", ")
        case .map:
            if let role = document["role"]?.text { return role.split(separator: ".").last.map(String.init) ?? role }
            return (document["playbook"] ?? document["file"] ?? document["path"])?.text.map(lastComponent) ?? ""
        }
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// The text as it was written, on one line: its blanks stay, and newlines and tabs are shown as `\n` and `\t`. References that only
    /// a run knows stand as their names.
    static func stable(_ text: String, longest: Int = longestMade) -> String {
        // A script may have any length, and only its beginning is the name.
        let beginning = references(in: text).prefix(20 * longest).unicodeScalars
        // YAML ends a block of lines with a newline that nobody sees in the file.
        let end = beginning.lastIndex { $0 != "\n" }.map { beginning.index(after: $0) } ?? beginning.startIndex
        let name = PlainText.visible(String(beginning[..<end])).replacing("\n", with: "\\n").replacing("\t", with: "\\t")
        return name.count > longest ? "\(name.prefix(longest - 1))…" : name
    }

    /// A text in which references that only a run knows are replaced by their names.
    private static func references(in text: String) -> String {
        let named = Template.expanded(text) { Template.escaped($0.name) }
        return (try? Template.rendered(named) { $0 }) ?? named
    }
}
