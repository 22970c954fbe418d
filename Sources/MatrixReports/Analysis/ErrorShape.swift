internal import MatrixCore

/// The part of a message that is the same in all cells: without names, addresses and numbers of one cell or one moment.
struct ErrorShape {
    /// Texts that belong to one cell only, longest first.
    private let own: [String]

    init(_ cell: CellResult) {
        var texts = Set([cell.name] + cell.point.map(\.value))
        for host in cell.hosts { texts.formUnion([host.name, host.address, host.resource]) }
        own = texts.filter { $0.count > 2 }.sorted { ($0.count, $0) > ($1.count, $1) }
    }

    /// `create of debian12-podman took 61.2s` → `create of ◊ took #.#s`.
    func message(_ text: String) -> String {
        Self.withoutNumbers(own.reduce(text) { $0.contains($1) ? $0.replacing($1, with: "◊") : $0 })
    }

    /// A case's name without the number of its host (`ntp (client-2)` → `ntp (client)`) and without the system of its cell, so that a check
    /// of every cell is one. Ports and versions stay.
    static func name(_ test: CaseResult, in cell: CellResult) -> String {
        let roles = Set(cell.hosts.map(\.role))
        var words = test.name.split(separator: " ", omittingEmptySubsequences: false).map { withoutNumber($0, roles: roles) }
        if words.count >= 5, test.name.hasPrefix(systemCheck) { words.replaceSubrange(3..<5, with: ["the", "cell's"]) }
        return words.joined(separator: " ")
    }

    /// The check that is in every cell: `operating system is debian 12 (server)`.
    private static let systemCheck = "operating system is "

    private static func withoutNumber(_ word: Substring, roles: Set<String>) -> Substring {
        let isBracketed = word.first == "(" && word.last == ")"
        let bare = isBracketed ? word.dropFirst().dropLast() : word
        guard let dash = bare.lastIndex(of: "-"), bare[dash...].dropFirst().allSatisfy(\.isNumber),
            roles.contains(String(bare[..<dash]))
        else { return word }
        return isBracketed ? "(\(bare[..<dash]))" : bare[..<dash]
    }

    /// Sequences of digits and long words of hexadecimal digits become `#`.
    private static func withoutNumbers(_ text: String) -> String {
        var shape = ""
        for word in text.split(omittingEmptySubsequences: false, whereSeparator: { !$0.isLetter && !$0.isNumber }).map(Part.init) {
            shape += word.isHexadecimal ? "#" : word.withoutDigits
            if word.end < text.endIndex { shape.append(text[word.end]) }
        }
        return shape
    }

    private struct Part {
        let text: Substring

        var end: Substring.Index { text.endIndex }
        var isHexadecimal: Bool { text.count >= 8 && text.allSatisfy(\.isHexDigit) && text.contains(where: \.isNumber) }
        var withoutDigits: String {
            text.reduce(into: "") { result, character in
                if !character.isNumber { result.append(character) } else if result.last != "#" { result.append("#") }
            }
        }
    }
}
