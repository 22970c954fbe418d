public import MatrixCore

/// How a client connects, whom it trusts, and how much it reads.
public struct WebSettings: Sendable {
    /// Who may have signed a server's certificate.
    public enum Authorities: Sendable {
        /// The system's certification authorities.
        case system
        /// Those in a PEM file.
        case file(String)
        /// Those in PEM text.
        case pem([UInt8])
    }

    /// Which parts of a server's certificate are verified.
    public enum Verification: Sendable {
        /// Who signed it, and its names.
        case full
        /// Who signed it.
        case authority
        case none
    }

    /// A certificate and its key, by which a server knows this client; both as PEM.
    public struct Identity: Sendable {
        var chain: [UInt8]
        var key: [UInt8]

        public init(chain: [UInt8], key: [UInt8]) {
            self.chain = chain
            self.key = key
        }
    }

    public var authorities = Authorities.system
    public var verification = Verification.full
    public var identity: Identity?
    /// Looks at a server's certificate, nil if it showed none, before the first request goes out over TLS. If it throws, nothing is sent,
    /// and the request fails with that.
    public var examine: (@Sendable (ServerCertificate?) throws(WebFailure) -> Void)?
    /// Addresses of names, used instead of DNS.
    public var addresses: [String: String] = [:]
    /// How many redirects are followed.
    public var redirects = 0
    /// The longest that a connection may take.
    public var connect = Duration.seconds(10)
    /// The longest silence within a reply; nil for any.
    public var silence: Duration?
    /// The longest body, in bytes.
    public var bodyLimit = 64 << 20
    /// Whether the phrase beside a bad status is kept if it is not the usual one.
    public var readsReason = false

    public init() {}
}

/// The certificate that a server showed.
public struct ServerCertificate: Sendable {
    /// As DER.
    public var bytes: [UInt8]
    /// When it ends.
    public var end: Timestamp
}
