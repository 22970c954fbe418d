internal import AsyncHTTPClient
public import MatrixCore
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Asks a cluster's API, with the keys of a kubeconfig; every question is a connection of its own.
public struct KubernetesAPI: Sendable {
    /// The most of an answer that is read, in bytes.
    public static let limit = 16 << 20

    private let kubeconfig: Kubeconfig
    private let timeout: Duration

    /// - Parameter timeout: the longest that one question may take.
    public init(_ kubeconfig: Kubeconfig, timeout: Duration = .seconds(10)) {
        self.kubeconfig = kubeconfig
        self.timeout = timeout
    }

    /// An answer of the API.
    public struct Answer: Sendable {
        public var status: Int
        /// The body as text.
        public var text: String

        public init(status: Int, text: String) {
            self.status = status
            self.text = text
        }

        /// The body as JSON; nil where it is not.
        public var value: Value? { Value(json: text) }
        public var isGood: Bool { status == 200 }
        /// What an error's `Status` object says, or the beginning of the body.
        public var message: String { value?["message"]?.string ?? String(text.prefix(300)) }
    }

    /// Asks for a path such as `/api/v1/nodes`.
    ///
    /// - Throws: `InfrastructureError` where there was no answer; `CancellationError`. A bad status is an answer.
    public func get(_ path: String) async throws -> Answer {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try configuration())
        let outcome: Result<Answer, any Error>
        do { outcome = .success(try await ask(path, by: client)) } catch { outcome = .failure(error) }
        // The answer is there already: a connection that does not close in order changes nothing.
        await Task { try? await client.shutdown() }.value
        do { return try outcome.get() } catch {
            try Task.checkCancellation()
            throw InfrastructureError("the API at \(kubeconfig.server) did not answer", why: Self.meaning(of: error), type: .kubernetesUnreachable)
        }
    }

    private func ask(_ path: String, by client: HTTPClient) async throws -> Answer {
        var request = HTTPClientRequest(url: kubeconfig.server + path)
        request.headers.add(name: "Accept", value: "application/json")
        if let token = kubeconfig.token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let response = try await client.execute(request, timeout: .nanoseconds(Int64(Int(nearest: timeout.inSeconds * 1e9))))
        let body = try await response.body.collect(upTo: Self.limit)
        return Answer(status: Int(response.status.code), text: String(buffer: body))
    }

    private func configuration() throws -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        do {
            if let authority = kubeconfig.authority { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority)) }
            if let chain = kubeconfig.clientCertificate, let key = kubeconfig.clientKey {
                tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(chain).map { .certificate($0) }
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
            }
        } catch {
            throw InfrastructureError("the kubeconfig cannot be used", why: "its keys cannot be read", type: .kubernetesKubeconfig, isTransient: false)
        }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .nanoseconds(Int64(Int(nearest: min(timeout.inSeconds, 5) * 1e9)))
        return configuration
    }

    private static func meaning(of error: any Error) -> String {
        switch error {
        case let error as InfrastructureError: error.why
        case let error as HTTPClientError where error == .connectTimeout: "no connection in time"
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout: "no reply in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed: "the connection was closed before the reply"
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: "its certificate cannot be verified (\(error))"
        case is NIOConnectionError, is IOError: "connection refused, or no way to it"
        default: "\(error)"
        }
    }
}
