import MatrixCore

/// Names of steps: stable over runs, the same on every machine, and unique in their list.
enum StepName {
    /// Longer names are cut, so that tables and reports stay readable.
    static let longest = 100

    /// A step's name: the one in the file, or one made from its kind and the kind's value.
    static func text(of document: Document, kind: Declaration) -> String {
        document["name"]?.text ?? [kind.kind, document[kind.kind].map { subject($0, of: kind) } ?? ""].joined(separator: " ")
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

    /// A text without addresses, ids, times and temporary paths, on one line.
    static func stable(_ text: String) -> String {
        // A script may have any length, and only its beginning is the name.
        let beginning = String(references(in: text).prefix(20 * longest))
        var name = PlainText.clean(beginning).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if isSuspicious(name) { name = withoutChanging(name) }
        if name.count > longest { name = name.prefix(longest - 1) + "…" }
        return name
    }

    /// Whether a text may hold something that changes: matching the expressions costs more than the rest of making a cell.
    private static func isSuspicious(_ text: String) -> Bool {
        var digits = 0
        var run = 0
        var longestRun = 0
        for byte in text.utf8 {
            let isDigit = (0x30...0x39).contains(byte)
            digits += isDigit ? 1 : 0
            run = isDigit || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte) ? run + 1 : 0
            longestRun = max(longestRun, run)
        }
        let hasDots = digits >= 4 && text.utf8.count { $0 == 0x2e } >= 3
        return digits >= 8 || longestRun >= 8 || hasDots || text.contains("0x") || text.contains("/tmp/") || text.contains("/var/folders/")
            || digits >= 2 && text.contains("in ")
    }

    private static func withoutChanging(_ text: String) -> String {
        var name = text.replacing(#/[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/#, with: "uuid")
        name = withoutAddresses(name)
        name = name.replacing(#/20[0-9]{2}-?[01][0-9]-?[0-3][0-9][T_ -]?[0-9]{2}[0-9:.Z]*/#, with: "time")
        name = name.replacing(#/0x[0-9A-Fa-f]{6,}/#, with: "pointer")
        name = name.replacing(#/\b[0-9a-f]{10,}\b/#) { isHexadecimal($0.output) ? "id" : String($0.output) }
        name = name.replacing(#/in [0-9]+\.[0-9]+ ?(ms|seconds|second|s)\b/#, with: "in time")
        return name.replacing("/tmp/", with: "/temp/").replacing("/var/folders/", with: "/var/temp/")
    }

    /// A text in which references that only a run knows are replaced by their names.
    private static func references(in text: String) -> String {
        let named = Template.expanded(text) { Template.escaped($0.name) }
        return (try? Template.rendered(named) { $0 }) ?? named
    }

    /// Each run of digits and dots that is an address is replaced; the dots at its end belong to the sentence.
    private static func withoutAddresses(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(where: isOfNumber) {
            let run = rest[start...].prefix(while: isOfNumber)
            let number = run[..<(run.lastIndex { $0 != "." }.map(run.index(after:)) ?? run.startIndex)]
            result += rest[..<start]
            result += isForeignAddress(number) ? "address" : number
            rest = rest[number.endIndex...]
            result += rest.prefix { $0 == "." }
            rest = rest.drop { $0 == "." }
        }
        return result + rest
    }

    private static func isOfNumber(_ character: Character) -> Bool { character == "." || ("0"..."9").contains(character) }

    private static func isForeignAddress(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ (1...3).contains($0.count) }) else { return false }
        return parts[0] != "127" && text != "0.0.0.0"
    }

    private static func isHexadecimal(_ text: Substring) -> Bool {
        text.contains(where: \.isNumber) && text.contains(where: \.isLetter)
    }
}
