internal import MatrixCore

/// Credentials over `http://` can be read by everybody on the way: only this machine itself is an exception.
enum PlainHTTP {
    /// The key that allows it.
    static let key = KeyShape(
        "insecure", .boolean,
        "Whether the credentials may go over plain http:// to another machine: everybody on the way can read them; default: false")

    /// Whether a URL is unencrypted and names another machine.
    static func isExposed(_ url: String) -> Bool {
        guard url.lowercased().hasPrefix("http://") else { return false }
        let authority = url.dropFirst("http://".count).prefix { $0 != "/" }
        // An IPv6 address is in brackets, so that its colons are not that of the port.
        let end: Character = authority.hasPrefix("[") ? "]" : ":"
        return !isLoopback(authority.prefix { $0 != end }.lowercased())
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && !parts.contains(nil) && parts[0] == 127
    }
}

extension DriverSettingsReader {
    /// Refuses an endpoint that would get the credentials unencrypted, unless the settings allow it.
    mutating func checkEncryption(of url: String) {
        guard PlainHTTP.isExposed(url), document[PlainHTTP.key.name]?.bool != true else { return }
        complain(
            "endpoint", "'\(url)' is not encrypted: everybody on the way could read the credentials",
            hint: "write https://, or insecure: true if nobody else is in that network")
    }
}
