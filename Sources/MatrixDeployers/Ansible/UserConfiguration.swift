internal import MatrixCore

/// The `ansible.cfg` of a project: only the settings that are joined with ours, as environment variables would replace them.
struct UserConfiguration {
    /// Its absolute path.
    let path: String
    private let settings: [String: String]

    /// Nil if the folder has none.
    init?(in folder: String) {
        path = "\(folder)/ansible.cfg"
        guard let text = FileSystem.text(of: path) else { return nil }
        settings = Self.defaults(of: text)
    }

    /// A list of paths of its `[defaults]`, made absolute; empty if it has none.
    func paths(_ names: String...) -> [String] {
        values(names, separator: ":").map { Paths.absolute($0, in: Paths.folder(of: path)) }
    }

    /// A list of words of its `[defaults]`.
    func words(_ names: String...) -> [String] { values(names, separator: ",") }

    private func values(_ names: [String], separator: Character) -> [String] {
        let text = names.compactMap { settings[$0] }.first ?? ""
        return text.split(separator: separator).map { String($0.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
    }

    private static func defaults(of text: String) -> [String: String] {
        var section = ""
        var found: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline).map({ $0.drop { $0.isWhitespace } }) {
            if line.hasPrefix("[") { section = String(line.dropFirst().prefix { $0 != "]" }) }
            guard section == "defaults", let first = line.first, !"#;[".contains(first),
                let mark = line.firstIndex(where: { "=:".contains($0) })
            else { continue }
            let key = line[..<mark].filter { !$0.isWhitespace }
            found[key] = String(line[line.index(after: mark)...])
        }
        return found
    }
}
