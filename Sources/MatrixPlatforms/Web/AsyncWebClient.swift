internal import AsyncHTTPClient
import Glibc
internal import MatrixCore
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// The real network: HTTP/1.1 over AsyncHTTPClient.
final class AsyncWebClient: WebTransport {
    private let client: HTTPClient
    /// The longest reply that is taken.
    private static let mostBytes = 64 << 20

    /// - Parameters:
    ///   - tls: how servers are verified; by the system's authorities where it is left out.
    ///   - prepare: puts handlers of the caller's into a new connection, before the first request is written.
    init(tls: TLSConfiguration = .makeClientConfiguration(), prepare: (@Sendable (any Channel) throws -> Void)? = nil) {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10), read: .seconds(60)))
        configuration.httpVersion = .http1Only
        // A certificate that is wrong now is wrong in ten seconds, too; everything else is tried again by the caller.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let prepare {
            configuration.http1_1ConnectionDebugInitializer = { channel in channel.eventLoop.submit { try prepare(channel) } }
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { client.shutdown { _ in } }

    func send(_ request: WebRequest, within limit: Duration) async throws -> WebReply {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        if let body = request.body { message.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await client.execute(message, timeout: .nanoseconds(Int64(Int(nearest: limit.inSeconds * 1e9))))
            let body = try await response.body.collect(upTo: Self.mostBytes)
            let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
            return WebReply(status: Int(response.status.code), headers: headers, body: Array(body.readableBytesView))
        } catch {
            try Task.checkCancellation()
            throw Self.failure(error, at: Self.server(of: request.url))
        }
    }

    private static func failure(_ error: any Error, at server: String) -> WebFailure {
        if let mismatch = error as? FingerprintMismatch {
            return WebFailure(.certificate, "the certificate of \(server) has the fingerprint \(mismatch.seen), not \(mismatch.expected); nothing was sent")
        }
        if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
            return WebFailure(.certificate, "the certificate of \(server) cannot be verified (\(error)); nothing was sent")
        }
        return switch error as? HTTPClientError {
        case .connectTimeout: WebFailure(.connection, "no answer from \(server): no connection in time")
        case .deadlineExceeded, .readTimeout: WebFailure(.timeout, "no answer from \(server): no reply in time")
        case .remoteConnectionClosed: WebFailure(.connection, "no answer from \(server): the connection was closed before the reply")
        default: WebFailure(.connection, "no answer from \(server): \((error as? IOError).map { String(cString: strerror($0.errnoCode)).lowercased() } ?? "\(error)")")
        }
    }

    /// Host and port of a URL.
    private static func server(of url: String) -> String {
        let rest = url.split(separator: "://", maxSplits: 1).last ?? ""
        return String(rest.prefix { $0 != "/" && $0 != "?" })
    }
}
