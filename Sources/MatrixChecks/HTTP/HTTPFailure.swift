internal import AsyncHTTPClient
internal import Glibc
import MatrixCore
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Says in words why a request got no answer.
struct HTTPFailure {
    private let question: HTTPQuestion
    /// Through SSH a refused connection shows itself as one that closes at once.
    private let isForwarded: Bool

    init(_ question: HTTPQuestion, isForwarded: Bool) {
        self.question = question
        self.isForwarded = isForwarded
    }

    /// Whether the port that was connected to on this machine does not listen.
    static func isRefusedHere(_ error: any Error) -> Bool {
        if let error = error as? NIOConnectionError { return error.connectionErrors.contains { isRefused($0.error) } }
        return isRefused(error)
    }

    private static func isRefused(_ error: any Error) -> Bool {
        (error as? IOError)?.errnoCode == ECONNREFUSED
    }

    func words(for error: any Error) -> String {
        let place = "\(question.url.host):\(question.url.port)"
        if Self.isRefusedHere(error) { return "connection refused by \(place)" }
        if isClosed(error) {
            return isForwarded ? "connection refused by \(place) (or closed without an answer)" : "\(place) closed the connection without an answer"
        }
        switch error {
        case let error as HTTPClientError where Self.timeouts.contains(error): return "no answer from \(place) within \(question.timeout.brief)"
        case let error as HTTPClientError: return error.shortDescription
        case let error as CertificateObserver.NamesDiffer:
            let names = error.names.isEmpty ? "no name" : error.names.prefix(10).joined(separator: ", ")
            return "the certificate is not for \(question.tls.serverName ?? question.url.host), but for \(names)"
        case let error as NIOSSLError: return tls(error)
        case let error as NIOConnectionError: return connection(error)
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        default: return "\(place) did not answer in HTTP"
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout,
    ]

    private func isClosed(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: error == .remoteConnectionClosed || error == .uncleanShutdown
        case let error as NIOSSLError: error == .uncleanShutdown || Self.isEnd(error)
        case let error as ChannelError: error == .eof || error == .inputClosed || error == .alreadyClosed || error == .ioOnClosedChannel
        case let error as IOError: error.errnoCode == ECONNRESET || error.errnoCode == EPIPE
        default: false
        }
    }

    private static func isEnd(_ error: NIOSSLError) -> Bool {
        guard case .handshakeFailed(let cause) = error else { return false }
        return cause == .syscallError || cause == .zeroReturn || cause == .sslError([.eofDuringHandshake])
    }

    private func tls(_ error: NIOSSLError) -> String {
        guard case .handshakeFailed(let cause) = error else { return "TLS failed" }
        let text = "\(cause)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "the certificate cannot be verified (unknown authority, self-signed or expired)" }
        if text.contains("WRONG_VERSION_NUMBER") { return "the server does not speak TLS on this port" }
        return "the TLS handshake failed"
    }

    private func connection(_ error: NIOConnectionError) -> String {
        if error.dnsAError != nil || error.dnsAAAAError != nil, error.connectionErrors.isEmpty { return "\(question.url.host) does not resolve on the runner" }
        let reasons = error.connectionErrors.map { failure in
            (failure.error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "no connection"
        }
        return reasons.first ?? "no connection"
    }
}
