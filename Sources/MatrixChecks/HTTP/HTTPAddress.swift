import MatrixCore

/// The parts of an http or https URL.
struct HTTPAddress: Sendable, Hashable {
    let isTLS: Bool
    /// A name, an IPv4 address, or an IPv6 address without its brackets, with its zone behind a percent sign.
    let host: String
    let port: Int
    /// From the first slash on; `/` if the URL has none. Without the fragment. Only what no URL may hold is encoded.
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
        guard rest.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else { return nil }
        let authority = rest.prefix { !"/?".contains($0) }
        guard authority.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
        let path = rest[authority.endIndex...]
        target = Self.encoded(path.hasPrefix("/") ? String(path) : "/\(path)")
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
            // RFC 6874 writes a zone behind %25, and everybody else behind %.
            host = Substring(text[text.index(after: text.startIndex)..<end].replacing("%25", with: "%"))
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

    /// Percent-encodes what no path and no query may hold; what is encoded already stays as it is.
    private static func encoded(_ target: String) -> String {
        let bytes = Array(target.utf8)
        return bytes.indices.map { index in
            let byte = bytes[index]
            let isEscape = byte == UInt8(ascii: "%") && bytes[index...].dropFirst().prefix(2).count(where: isHexadecimal) == 2
            if isEscape || plain.contains(byte) { return String(UnicodeScalar(byte)) }
            return "%" + [byte].hexadecimal.uppercased()
        }.joined()
    }

    /// RFC 3986, 3.3 and 3.4.
    private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?".utf8)

    private static func isHexadecimal(_ byte: UInt8) -> Bool { Character(UnicodeScalar(byte)).isHexDigit }

    private static func bracketed(_ host: String) -> String {
        host.contains(":") ? "[\(host.replacing("%", with: "%25"))]" : host
    }

    private var authority: String { hasPort ? "\(Self.bracketed(host)):\(port)" : Self.bracketed(host) }

    /// What the `Host` header says: a zone means something only on the machine that connects.
    var header: String {
        let name = Self.bracketed(String(host.prefix { $0 != "%" }))
        return hasPort ? "\(name):\(port)" : name
    }

    /// Whether the host is an address rather than a name.
    var isLiteral: Bool { CertificateObserver.address(String(host.prefix { $0 != "%" })) != nil }

    /// The URL without credentials and query, for messages.
    var shown: String { "\(isTLS ? "https" : "http")://\(authority)\(target.prefix { $0 != "?" })" }

    /// The whole URL without credentials.
    var whole: String { "\(isTLS ? "https" : "http")://\(authority)\(target)" }

    /// The URL with another host or port.
    func url(host other: String? = nil, port: Int) -> String {
        let name = other ?? host
        return "\(isTLS ? "https" : "http")://\(Self.bracketed(name)):\(port)\(target)"
    }
}
