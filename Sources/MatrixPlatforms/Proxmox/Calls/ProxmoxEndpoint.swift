internal import MatrixCore

/// The address of the REST API.
struct ProxmoxEndpoint: Sendable, Hashable {
    /// `https`, or `http` on this machine or if the settings allow it.
    var scheme: String
    /// Host and port as in the URL.
    var authority: String

    /// Reads `https://pve:8006`, with or without scheme, port and `/api2/json`; the default port is 8006.
    init?(_ text: String) {
        var rest = Substring(text)
        scheme = "https"
        if let match = rest.prefixMatch(of: /([A-Za-z]+):\/\//) {
            scheme = match.output.1.lowercased()
            rest = rest[match.range.upperBound...]
        }
        let host = rest.prefix { $0 != "/" }
        guard scheme == "https" || scheme == "http", !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "@" }) else {
            return nil
        }
        let hasPort = host.firstMatch(of: /:[0-9]+$/) != nil
        guard hasPort || !host.hasSuffix(":") else { return nil }
        authority = hasPort ? String(host) : "\(host):8006"
    }

    /// The URL of a request: parameters go in the query if there is no body.
    func url(for request: ProxmoxRequest) -> String {
        let base = "\(scheme)://\(authority)/api2/json/" + request.path.map(PercentEncoding.encode).joined(separator: "/")
        guard request.method == .get || request.method == .delete, !request.parameters.isEmpty else { return base }
        let pairs = request.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\(PercentEncoding.encode($0.value.text))" }
        return "\(base)?\(pairs.joined(separator: "&"))"
    }
}
