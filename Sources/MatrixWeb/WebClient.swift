internal import AsyncHTTPClient
internal import Logging
internal import MatrixCore
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// The real network: HTTP/1.1 over AsyncHTTPClient.
public final class WebClient: WebTransport {
    private static let logger = Logger(label: "request")

    private let client: HTTPClient
    private let settings: WebSettings

    /// - Throws: if certificates or keys of the settings cannot be read.
    public init(_ settings: WebSettings = WebSettings()) throws {
        self.settings = settings
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: try Self.tls(settings),
            redirectConfiguration: settings.redirects > 0 ? .follow(max: settings.redirects, allowCycles: false) : .disallow,
            timeout: .init(connect: Self.amount(settings.connect), read: settings.silence.map(Self.amount)))
        configuration.httpVersion = .http1Only
        configuration.dnsOverride = settings.addresses
        // A certificate that is wrong now is wrong in ten seconds, too; the caller retries everything else.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { channel in channel.eventLoop.submit { try Self.prepare(channel, settings) } }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { client.shutdown { _ in } }

    public func send(_ request: WebRequest, within limit: Duration) async throws -> WebReply {
        try await exchange(request, within: limit, Self.whole)
    }

    /// Sends a request once whose body comes in pieces, such as a file's.
    ///
    /// - Parameters:
    ///   - body: the pieces; used instead of the request's own body.
    ///   - length: the sum of their bytes.
    ///   - limit: the longest until the end of the reply.
    /// - Throws: as ``send(_:within:)``, and what `body` throws.
    public func send<Body: AsyncSequence & Sendable>(_ request: WebRequest, body: Body, length: Int, within limit: Duration) async throws
        -> WebReply where Body.Element == [UInt8]
    {
        var message = Self.message(request)
        message.body = .stream(body.map { ByteBuffer(bytes: $0) }, length: .known(Int64(length)))
        return try await exchange(message, of: request, within: limit, Self.whole)
    }

    /// Sends a request once and lets `read` take the body as it comes.
    ///
    /// - Parameters:
    ///   - limit: the longest until `read` has the end of the body.
    ///   - read: receives the reply without its body, and the body; it need not read to the end.
    /// - Throws: as ``send(_:within:)``, and what `read` throws.
    public func exchange<R: Sendable>(
        _ request: WebRequest, within limit: Duration, _ read: @escaping @Sendable (WebReply, WebBody) async throws -> R
    ) async throws -> R {
        try await exchange(Self.message(request), of: request, within: limit, read)
    }

    private func exchange<R: Sendable>(
        _ message: HTTPClientRequest, of request: WebRequest, within limit: Duration,
        _ read: @escaping @Sendable (WebReply, WebBody) async throws -> R
    ) async throws -> R {
        let end = ContinuousClock.now + limit
        let response: HTTPClientResponse
        do {
            // Neither headers nor bodies are logged: they hold credentials that no redactor may know.
            response = try await timed(
                { Self.logger.debug("\(request.method) \(request.url): \($0)") }, ending: { "status \($0.status.code)" },
                { try await client.execute(message, timeout: Self.amount(limit)) })
        } catch {
            try Task.checkCancellation()
            throw WebFailure(error, server: request.server, isLate: ContinuousClock.now >= end)
        }
        let body = WebBody(pieces: response.body, limit: settings.bodyLimit, server: request.server)
        let head = Self.head(response)
        // AsyncHTTPClient's own deadline ends with the head.
        do { return try await withDeadline(end - .now) { try await read(head, body) } } catch is DeadlineExceeded {
            throw WebFailure(.body, "it did not end within \(limit.brief)", server: request.server)
        }
    }

    @Sendable private static func whole(_ head: WebReply, _ body: WebBody) async throws -> WebReply {
        var reply = head
        for try await piece in body { reply.body += piece }
        return reply
    }

    private static func message(_ request: WebRequest) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        if let body = request.body { message.body = .bytes(ByteBuffer(bytes: body)) }
        return message
    }

    private static func head(_ response: HTTPClientResponse) -> WebReply {
        var reply = WebReply(status: Int(response.status.code), reason: response.status.reasonPhrase)
        reply.headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
        if let reason = reply.headers.removeValue(forKey: ReasonPhraseHandler.header) { reply.reason = reason }
        return reply
    }

    private static func tls(_ settings: WebSettings) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        switch settings.authorities {
        case .system: break
        case .file(let path): tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
        case .pem(let bytes): tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(bytes))
        }
        switch settings.verification {
        case .full: break
        case .authority: tls.certificateVerification = .noHostnameVerification
        case .none: tls.certificateVerification = .none
        }
        if let identity = settings.identity {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(identity.chain).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: identity.key, format: .pem))
        }
        return tls
    }

    /// Puts our handlers between TLS and HTTP; called before the first request is written.
    private static func prepare(_ channel: any Channel, _ settings: WebSettings) throws {
        let pipeline = channel.pipeline.syncOperations
        let tls = try? pipeline.handler(type: NIOSSLClientHandler.self)
        let position = tls.map { ChannelPipeline.SynchronousOperations.Position.after($0) } ?? .first
        if settings.readsReason { try pipeline.addHandler(ReasonPhraseHandler(), position: position) }
        guard let tls, let examine = settings.examine else { return }
        let certificate = tls.peerCertificate.flatMap { seen in
            (try? seen.toDERBytes()).map { ServerCertificate(bytes: $0, end: Timestamp(seconds: Double(seen.notValidAfter))) }
        }
        do { try examine(certificate) } catch { try pipeline.addHandler(CertificateGuard(error), position: position) }
    }

    private static func amount(_ duration: Duration) -> TimeAmount { .nanoseconds(Int64(Int(nearest: duration.inSeconds * 1e9))) }
}
