/// What /etc/os-release says of a host, see os-release(5).
struct OSRelease: Sendable, Hashable {
    /// `debian`.
    let id: String?
    /// `12`, `9.5`.
    let version: String?
    /// Systems that it is made from: `rhel`, `fedora`.
    let like: [String]

    init(_ text: String) {
        let facts = KeyedLines(text)
        id = Self.unquoted(facts["ID"])
        version = Self.unquoted(facts["VERSION_ID"])
        like = Self.unquoted(facts["ID_LIKE"])?.split(separator: " ").map(String.init) ?? []
    }

    /// Values may be in double or single quotes.
    private static func unquoted(_ text: String?) -> String? {
        guard let text, text.count >= 2, let first = text.first, first == text.last, first == "\"" || first == "'" else { return text }
        return String(text.dropFirst().dropLast())
    }
}
