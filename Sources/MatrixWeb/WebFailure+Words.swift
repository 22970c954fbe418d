internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

extension WebFailure {
    /// The meaning of an error before the reply began.
    ///
    /// - Parameter isLate: whether the deadline is over. AsyncHTTPClient ends late at it if all threads are busy: what goes wrong with
    ///   the connection in between is not the reason.
    init(_ error: any Error, server: String, isLate: Bool = false) {
        let (kind, words): (Kind, String) =
            switch error {
            case let error as WebFailure: (error.kind, error.reason)
            case let error where Self.isRefused(error): (.refused, "connection refused")
            case let error where Self.isClosed(error): (.closed, "the connection was closed before the reply")
            case let error as HTTPClientError where error == .connectTimeout || error == .tlsHandshakeTimeout:
                (.timeout, "no connection in time")
            case let error as HTTPClientError where Self.timeouts.contains(error): (.timeout, Self.noReply)
            case let error as HTTPClientError: (.connection, error.shortDescription)
            case let error as NIOSSLError: (.certificate, Self.tls(error))
            case let error as NIOSSLExtraError: (.certificate, "the certificate cannot be verified (\(error))")
            case let error as BoringSSLError: (.certificate, "the TLS handshake failed (\(error))")
            case let error as NIOConnectionError: (.connection, Self.connection(error))
            case let error as IOError: (.connection, Self.text(error))
            default: (.connection, "the reply is not HTTP")
            }
        let isNoReason = isLate && (kind == .connection || kind == .closed)
        self.init(isNoReason ? .timeout : kind, isNoReason ? Self.noReply : words, server: server)
    }

    private static let noReply = "no reply in time"

    /// The meaning of an error after the reply began.
    init(duringBody error: any Error, server: String) {
        let isSilent = (error as? HTTPClientError) == .readTimeout
        self.init(.body, isSilent ? "the server stopped sending" : "the connection was closed before its end", server: server)
    }

    private static let timeouts: [HTTPClientError] = [.readTimeout, .writeTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout]

    private static func isRefused(_ error: any Error) -> Bool {
        if let error = error as? NIOConnectionError { return error.connectionErrors.contains { isRefused($0.error) } }
        return (error as? IOError)?.errnoCode == ECONNREFUSED
    }

    private static func isClosed(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: error == .remoteConnectionClosed || error == .uncleanShutdown
        case let error as NIOSSLError: error == .uncleanShutdown || isEnd(error)
        case let error as ChannelError: error == .eof || error == .inputClosed || error == .alreadyClosed || error == .ioOnClosedChannel
        case let error as IOError: error.errnoCode == ECONNRESET || error.errnoCode == EPIPE
        default: false
        }
    }

    private static func isEnd(_ error: NIOSSLError) -> Bool {
        guard case .handshakeFailed(let cause) = error else { return false }
        return cause == .syscallError || cause == .zeroReturn || cause == .sslError([.eofDuringHandshake])
    }

    private static func tls(_ error: NIOSSLError) -> String {
        guard case .handshakeFailed(let cause) = error else { return "TLS failed" }
        let text = "\(cause)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "the certificate cannot be verified (unknown authority, self-signed or expired)"
        }
        if text.contains("WRONG_VERSION_NUMBER") { return "the server does not speak TLS on this port" }
        return "the TLS handshake failed"
    }

    private static func connection(_ error: NIOConnectionError) -> String {
        if error.dnsAError != nil || error.dnsAAAAError != nil, error.connectionErrors.isEmpty {
            return "\(error.host) does not resolve on the runner"
        }
        return error.connectionErrors.lazy.compactMap { ($0.error as? IOError).map(text) }.first ?? "no connection"
    }

    private static func text(_ error: IOError) -> String { String(cString: strerror(error.errnoCode)).lowercased() }
}
