import MatrixCore

/// What a server answered.
struct HTTPAnswer: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    /// At most ``HTTPExchange/bodyLimit`` bytes.
    var body: [UInt8]
    var isCut: Bool
    /// When the server's certificate expires; nil without TLS.
    var certificateEnd: Timestamp?

    init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], isCut: Bool = false,
        certificateEnd: Timestamp? = nil
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isCut = isCut
        self.certificateEnd = certificateEnd
    }

    /// The body, repaired if it is not UTF-8.
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// No answer came, and that fails the check: refused, timed out, a certificate that does not verify.
struct HTTPRefusal: Error, Sendable {
    var why: String
}
