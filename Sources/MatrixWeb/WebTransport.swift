/// Sends one HTTP request and receives its reply: the network of drivers for web APIs, which tests replace.
public protocol WebTransport: Sendable {
    /// Sends a request once, without retries: every status is a reply.
    ///
    /// - Parameter limit: the longest until the end of the reply, its body included.
    /// - Throws: `WebFailure` if no complete reply came; `CancellationError`.
    func send(_ request: WebRequest, within limit: Duration) async throws -> WebReply
}

/// An HTTP request.
public struct WebRequest: Sendable, Hashable {
    /// `GET`, `POST`, `PUT`, `DELETE`.
    public var method: String
    /// Absolute and encoded.
    public var url: String
    /// By name, as written on the wire.
    public var headers: [String: String]
    /// Nil for none.
    public var body: [UInt8]?

    public init(_ method: String, _ url: String, headers: [String: String] = [:], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// Host and port as the URL names them.
    var server: String {
        let rest = url.split(separator: "://", maxSplits: 1).last ?? ""
        return String(rest.prefix { $0 != "/" && $0 != "?" })
    }
}

/// A whole HTTP reply.
public struct WebReply: Sendable, Hashable {
    public var status: Int
    /// The phrase beside the status.
    public var reason: String
    /// By name in lower case; the values of a repeated one are joined by commas.
    public var headers: [String: String]
    public var body: [UInt8]

    /// - Parameter headers: names in any case.
    public init(status: Int, reason: String = "", headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.reason = reason
        self.headers = Dictionary(headers.map { ($0.key.lowercased(), $0.value) }) { "\($0), \($1)" }
        self.body = body
    }

    /// The body as text, repaired if it is not UTF-8.
    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// No complete reply came: the server may have done the request, unless the certificate was refused.
public struct WebFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The cause.
    public enum Kind: Sendable {
        /// Nobody listens at the port.
        case refused
        /// The connection ended before the reply began.
        case closed
        /// Any other failure before the reply began.
        case connection
        /// The reply did not begin in time.
        case timeout
        /// The reply began, but its body came too slowly, is too long or broke off.
        case body
        /// The server is not who it should be; nothing was sent.
        case certificate
    }

    public var kind: Kind
    /// In words, without the server's name: `connection refused`.
    public var reason: String
    /// Host and port of the server; nil for none to name.
    public var server: String?

    public init(_ kind: Kind, _ reason: String, server: String? = nil) {
        self.kind = kind
        self.reason = reason
        self.server = server
    }

    /// With the server's name: `no answer from api.linode.com: connection refused`.
    public var message: String {
        guard let server else { return reason }
        switch kind {
        case .body: return "no complete answer from \(server): \(reason)"
        case .certificate: return "no answer from \(server): \(reason); nothing was sent"
        default: return "no answer from \(server): \(reason)"
        }
    }

    public var description: String { message }
}
