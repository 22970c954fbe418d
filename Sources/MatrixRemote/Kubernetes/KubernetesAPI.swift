public import MatrixCore
internal import MatrixWeb

/// Asks a cluster's API, with the credentials of a kubeconfig; each request opens a new connection.
public struct KubernetesAPI: Sendable {
    /// The size limit of an answer, in bytes.
    static let limit = 16 << 20

    private let kubeconfig: Kubeconfig
    private let timeout: Duration

    /// - Parameter timeout: the timeout of one request.
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

        /// The body as JSON; nil if it is not JSON.
        public var value: Value? { Value(json: text) }
        public var isGood: Bool { status == 200 }
        /// The message of an error's `Status` object, or the body. Not cut: it may hold secrets.
        public var message: String { value?["message"]?.string ?? text }
    }

    /// Asks for a path such as `/api/v1/nodes`.
    ///
    /// - Throws: `InfrastructureError` if there was no answer; `CancellationError`. An error status is an answer.
    public func get(_ path: String) async throws -> Answer {
        var request = WebRequest("GET", kubeconfig.server + path, headers: ["Accept": "application/json"])
        if let token = kubeconfig.token { request.headers["Authorization"] = "Bearer \(token)" }
        let client = try client()
        do {
            let reply = try await client.send(request, within: timeout)
            return Answer(status: reply.status, text: reply.text)
        } catch let failure as WebFailure {
            throw InfrastructureError("the API at \(kubeconfig.server) did not answer", why: failure.reason, type: .kubernetesUnreachable)
        }
    }

    private func client() throws -> WebClient {
        var settings = WebSettings()
        if let authority = kubeconfig.authority { settings.authorities = .pem(authority) }
        if let chain = kubeconfig.clientCertificate, let key = kubeconfig.clientKey { settings.identity = .init(chain: chain, key: key) }
        settings.connect = min(timeout, .seconds(5))
        settings.bodyLimit = Self.limit
        do { return try WebClient(settings) } catch {
            throw InfrastructureError(
                "the kubeconfig cannot be used", why: "its keys cannot be read", type: .kubernetesKubeconfig, isTransient: false)
        }
    }
}
