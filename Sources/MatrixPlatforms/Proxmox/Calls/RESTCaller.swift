internal import AsyncHTTPClient
import Glibc
internal import MatrixCore
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// The API by REST: JSON bodies over HTTP/1.1 and TLS.
final class RESTCaller: ProxmoxCaller {
    private let endpoint: ProxmoxEndpoint
    private let login: ProxmoxLogin
    private let client: HTTPClient
    private let limit: Duration

    /// - Parameter limit: the longest that one request may take; a node's agent call alone takes three seconds.
    init(endpoint: ProxmoxEndpoint, trust: ServerTrust, login: ProxmoxLogin, limit: Duration = .seconds(60)) throws {
        self.endpoint = endpoint
        self.login = login
        self.limit = limit
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: try trust.configuration(), redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(60)))
        configuration.httpVersion = .http1Only
        // A certificate that is wrong now is wrong in ten seconds, too; everything else is tried again by the caller.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.submit { try Self.prepare(channel, trust) }
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { client.shutdown { _ in } }

    var isRoot: Bool { login.isRoot }

    func send(_ request: ProxmoxRequest) async throws -> Value {
        let headers = try await login.headers { try await self.exchange($0, headers: []) }
        do {
            return try await exchange(request, headers: headers)
        } catch let fault as ProxmoxFault where fault.kind == .credentials && login.isRenewable {
            // A refused ticket means that nothing was done: with a new one the same request may be sent again.
            await login.forget()
            let fresh = try await login.headers { try await self.exchange($0, headers: []) }
            return try await exchange(request, headers: fresh)
        }
    }

    private func exchange(_ request: ProxmoxRequest, headers: [(String, String)]) async throws -> Value {
        var message = HTTPClientRequest(url: endpoint.url(for: request))
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        for (name, value) in headers { message.headers.add(name: name, value: value) }
        message.headers.add(name: "Accept", value: "application/json")
        if request.method == .create || request.method == .set {
            message.headers.add(name: "Content-Type", value: "application/json")
            message.body = .bytes(ByteBuffer(bytes: Array(Value.map(request.parameters).json.utf8)))
        }
        return try await answer(to: message, request).data(for: request)
    }

    private func answer(to message: HTTPClientRequest, _ request: ProxmoxRequest) async throws -> ProxmoxAnswer {
        do {
            let response = try await client.execute(message, timeout: .nanoseconds(Int64(limit.inSeconds * 1e9)))
            let body = try await response.body.collect(upTo: 64 << 20)
            return ProxmoxAnswer(
                status: Int(response.status.code), reason: response.headers.first(name: ReasonPhraseHandler.header) ?? response.status.reasonPhrase,
                contentType: response.headers.first(name: "content-type") ?? "", body: Array(body.readableBytesView))
        } catch {
            try Task.checkCancellation()
            throw Self.fault(request, error, at: endpoint)
        }
    }

    private static func fault(_ request: ProxmoxRequest, _ error: any Error, at endpoint: ProxmoxEndpoint) -> ProxmoxFault {
        if let mismatch = error as? FingerprintMismatch {
            let message = "the certificate of \(endpoint.authority) has the fingerprint \(mismatch.seen), not \(mismatch.expected); nothing was sent"
            return ProxmoxFault(request: request.display, message: message, kind: .certificate)
        }
        if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
            return ProxmoxFault(
                request: request.display, message: "the certificate of \(endpoint.authority) cannot be verified (\(error)); nothing was sent", kind: .certificate)
        }
        return ProxmoxFault(request: request.display, message: "no answer from \(endpoint.authority): \(meaning(of: error))")
    }

    private static func meaning(of error: any Error) -> String {
        switch error as? HTTPClientError {
        case .connectTimeout: "no connection in time"
        case .deadlineExceeded, .readTimeout: "no reply in time"
        case .remoteConnectionClosed: "the connection was closed before the reply"
        default: (error as? IOError).map { String(cString: strerror($0.errnoCode)).lowercased() } ?? "\(error)"
        }
    }

    /// Puts our handlers between TLS and HTTP; called before the first request is written.
    private static func prepare(_ channel: any Channel, _ trust: ServerTrust) throws {
        let pipeline = channel.pipeline.syncOperations
        guard let tls = try? pipeline.handler(type: NIOSSLClientHandler.self) else { return try pipeline.addHandler(ReasonPhraseHandler(), position: .first) }
        try pipeline.addHandler(ReasonPhraseHandler(), position: .after(tls))
        if let mismatch = trust.mismatch(of: tls.peerCertificate) { try pipeline.addHandler(FingerprintGuard(mismatch), position: .after(tls)) }
    }
}
