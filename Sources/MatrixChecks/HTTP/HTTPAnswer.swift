import MatrixCore

/// What a server answered.
struct HTTPAnswer: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    /// At most ``HTTPExchange/bodyLimit`` bytes.
    var body: [UInt8] = []
    var isCut = false
    /// When the server's certificate expires; nil without TLS.
    var certificateEnd: Timestamp?
    /// The program of the host that relayed it; nil for a forward of SSH, or none.
    var program: String?

    /// The body, repaired if it is not UTF-8.
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// No answer came, and that fails the check: refused, timed out, a certificate that does not verify.
struct HTTPRefusal: Error, Sendable {
    var why: String
    /// The program of the host that relayed the request.
    var program: String?
}
