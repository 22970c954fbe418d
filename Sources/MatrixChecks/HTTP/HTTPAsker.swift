internal import AsyncHTTPClient
import MatrixCore
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Sends one request by a client of its own, so that every try is a new connection with its own handshake.
struct HTTPAsker: Sendable {
    /// How many bytes of a body are read.
    static let bodyLimit = 1 << 20

    let question: HTTPQuestion

    /// - Throws: `HTTPRefusal` where the lack of an answer is a verdict; `Unanswered`; `CancellationError`.
    func ask(over way: any Way) async throws -> HTTPAnswer {
        let port = try await way.port(to: question.url.host, port: question.url.port)
        let certificate = CertificateObserver(name: question.tls.serverName ?? question.url.host, isVerified: question.tls.isVerified)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try configuration(forwarded: port != nil, certificate))
        let outcome: Result<HTTPAnswer, any Error>
        do { outcome = .success(try await send(by: client, port: port)) } catch { outcome = .failure(error) }
        // The answer is there already: a connection that does not close in order changes nothing.
        await Task { try? await client.shutdown() }.value
        switch outcome {
        case .success(var answer):
            answer.certificateEnd = certificate.end
            return answer
        case .failure(let error):
            try Task.checkCancellation()
            if port != nil, HTTPFailure.isRefusedHere(error) {
                // The forward itself is gone: the host was never asked.
                await way.forget(host: question.url.host, port: question.url.port)
                throw Unanswered("the connection to the host was lost", next: "see whether the host still answers by SSH")
            }
            throw HTTPRefusal(why: HTTPFailure(question, isForwarded: port != nil).words(for: error))
        }
    }

    private func send(by client: HTTPClient, port: Int?) async throws -> HTTPAnswer {
        let response = try await client.execute(request(port: port), timeout: .nanoseconds(Int64(Int(nearest: question.timeout.inSeconds * 1e9))))
        var body: [UInt8] = []
        var isCut = false
        for try await part in response.body {
            body += part.readableBytesView
            guard body.count > Self.bodyLimit else { continue }
            isCut = true
            break
        }
        let headers = response.headers.map { (name: $0.name, value: $0.value) }
        return HTTPAnswer(status: Int(response.status.code), headers: headers, body: Array(body.prefix(Self.bodyLimit)), isCut: isCut)
    }

    private func request(port: Int?) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: question.url.url(host: question.tls.serverName, port: port ?? question.url.port))
        request.method = HTTPMethod(rawValue: question.method)
        request.headers.add(name: "Host", value: question.url.authority)
        request.headers.add(name: "User-Agent", value: "matrix")
        if let authorization = question.authorization { request.headers.add(name: "Authorization", value: authorization) }
        for header in question.headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        if let body = question.body { request.body = .bytes(ByteBuffer(string: body)) }
        return request
    }

    private func configuration(forwarded: Bool, _ certificate: CertificateObserver) throws -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = question.tls.isVerified ? .noHostnameVerification : .none
        if let path = question.tls.authorities { tls.trustRoots = .certificates(try authorities(path)) }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .nanoseconds(Int64(Int(nearest: question.timeout.inSeconds * 1e9)))
        let name = question.tls.serverName ?? question.url.host
        if forwarded { configuration.dnsOverride[name] = "127.0.0.1" } else if name != question.url.host { configuration.dnsOverride[name] = question.url.host }
        if question.url.isTLS { configuration.http1_1ConnectionDebugInitializer = certificate.observe }
        return configuration
    }

    private func authorities(_ path: String) throws -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMFile(path)
        } catch {
            throw Unanswered("the certificates in \(path) cannot be read", next: "name a PEM file in tls: { ca: … }")
        }
    }
}
