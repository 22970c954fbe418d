/// `HOST:PORT`; an IPv6 address is in brackets.
struct HostPort: Sendable, Hashable {
    var host: String
    var port: Int

    /// - Parameter standard: the port if the text names none; nil if the text must name one.
    init?(_ text: String, standard: Int? = nil) {
        var host = text[...]
        var rest = Substring("")
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
        } else if let colon = text.lastIndex(of: ":"), standard == nil || text.count(where: { $0 == ":" }) == 1 {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard !host.isEmpty, host.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0 != "/" }) else { return nil }
        guard let port = rest.isEmpty ? standard : rest.hasPrefix(":") ? Int(rest.dropFirst()) : nil, (1...65535).contains(port) else {
            return nil
        }
        self.host = String(host)
        self.port = port
    }

    var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
