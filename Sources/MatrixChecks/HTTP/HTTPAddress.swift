/// The parts of an http or https URL.
struct HTTPAddress: Sendable, Hashable {
    let isTLS: Bool
    /// A name, an IPv4 address, or an IPv6 address without its brackets.
    let host: String
    let port: Int
    /// From the first slash on; `/` if the URL has none. Without the fragment.
    let target: String
    /// `user:password` if the URL has it, still percent-encoded.
    let credentials: String?
    private let hasPort: Bool

    /// Nil if the text is not such a URL.
    init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        switch text[..<scheme.lowerBound].lowercased() {
        case "http": isTLS = false
        case "https": isTLS = true
        default: return nil
        }
        let rest = text[scheme.upperBound...].prefix { $0 != "#" }
        guard rest.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value != 0x7f }) else { return nil }
        let authority = rest.prefix { !"/?".contains($0) }
        let path = rest[authority.endIndex...]
        target = path.hasPrefix("/") ? String(path) : "/\(path)"
        let at = authority.lastIndex(of: "@")
        credentials = at.map { String(authority[..<$0]) }
        guard let (host, port) = Self.hostAndPort(at.map { authority[authority.index(after: $0)...] } ?? authority) else { return nil }
        self.host = host
        self.port = port ?? (isTLS ? 443 : 80)
        hasPort = port != nil
    }

    private static func hostAndPort(_ text: Substring) -> (String, Int?)? {
        var host = text
        var rest = Substring("")
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard !host.isEmpty else { return nil }
        guard !rest.isEmpty else { return (String(host), nil) }
        guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()), (1...65535).contains(port) else { return nil }
        return (String(host), port)
    }

    private var bracketed: String { host.contains(":") ? "[\(host)]" : host }

    /// What the `Host` header says.
    var authority: String { hasPort ? "\(bracketed):\(port)" : bracketed }

    /// The URL without credentials and query, for messages.
    var shown: String { "\(isTLS ? "https" : "http")://\(authority)\(target.prefix { $0 != "?" })" }

    /// The whole URL without credentials.
    var whole: String { "\(isTLS ? "https" : "http")://\(authority)\(target)" }

    /// The URL with another host or port.
    func url(host other: String? = nil, port: Int) -> String {
        let name = other ?? host
        return "\(isTLS ? "https" : "http")://\(name.contains(":") ? "[\(name)]" : name):\(port)\(target)"
    }
}
