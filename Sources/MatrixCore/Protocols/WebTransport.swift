/// Sends one HTTP request and takes its reply: what drivers of web APIs stand on, passed in so that a test can be the network.
public protocol WebTransport: Sendable {
    /// Sends a request once, without any repetition, redirect or judgement: every status is a reply.
    ///
    /// - Parameter limit: the longest until the end of the reply.
    /// - Throws: `WebFailure` where no whole reply came; `CancellationError`.
    func send(_ request: WebRequest, within limit: Duration) async throws -> WebReply
}

/// An HTTP request.
public struct WebRequest: Sendable, Hashable {
    /// `GET`, `POST`, `PUT`, `DELETE`.
    public var method: String
    /// Absolute and encoded.
    public var url: String
    /// By name, as it is to be written.
    public var headers: [String: String]
    /// Nil for none.
    public var body: [UInt8]?

    public init(_ method: String, _ url: String, headers: [String: String] = [:], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// A whole HTTP reply.
public struct WebReply: Sendable, Hashable {
    public var status: Int
    /// By name in lower case; the values of a repeated one are joined by commas.
    public var headers: [String: String]
    public var body: [UInt8]

    /// - Parameter headers: names in any case.
    public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = Dictionary(headers.map { ($0.key.lowercased(), $0.value) }) { "\($0), \($1)" }
        self.body = body
    }

    /// The body as text, repaired where it is no UTF-8.
    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// No whole reply came: what was asked for may have been done all the same, unless the certificate was refused.
public struct WebFailure: Error, Sendable, Hashable {
    /// Why there is none.
    public enum Kind: Sendable {
        /// Not reached, or lost before the reply's end.
        case connection
        /// No end of the reply in time.
        case timeout
        /// The server is not who it should be; nothing was sent.
        case certificate
    }

    public var kind: Kind
    /// In words, with the server's name: `no answer from api.linode.com: connection refused`.
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
