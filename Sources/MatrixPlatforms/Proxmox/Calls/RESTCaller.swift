internal import MatrixCore
internal import MatrixWeb

/// The API by REST: JSON bodies over HTTP/1.1 and TLS.
final class RESTCaller: ProxmoxCaller {
    private let endpoint: ProxmoxEndpoint
    private let login: ProxmoxLogin
    private let web: WebClient
    private let limit: Duration
    /// The network for calls: logged, or a replay.
    private let calls: any WebTransport

    /// - Parameters:
    ///   - limit: the timeout of one request; a node's agent call alone takes three seconds.
    ///   - through: stands between calls and the network.
    init(
        endpoint: ProxmoxEndpoint, trust: ServerTrust, login: ProxmoxLogin, limit: Duration = .seconds(60),
        through: (any WebTransport) -> any WebTransport = { $0 }
    ) throws {
        self.endpoint = endpoint
        self.login = login
        self.limit = limit
        var settings = trust.settings
        settings.readsReason = true
        web = try WebClient(settings)
        calls = through(web)
    }

    var isRoot: Bool { login.isRoot }

    func send(_ request: ProxmoxRequest) async throws -> Value {
        let headers = try await login.headers { try await self.exchange($0, headers: []) }
        do {
            return try await exchange(request, headers: headers)
        } catch let fault as ProxmoxFault where fault.kind == .credentials && login.isRenewable {
            // If the server refuses the ticket, it did nothing: the request may be sent again with a new ticket.
            await login.forget()
            let fresh = try await login.headers { try await self.exchange($0, headers: []) }
            return try await exchange(request, headers: fresh)
        }
    }

    let carriesFiles = true

    /// How long an upload may take.
    private static let uploadLimit = Duration.seconds(2 * 3600)

    func upload(_ file: String, named name: String, fields: [(name: String, value: String)], by request: ProxmoxRequest) async throws
        -> Value
    {
        let body = try MultipartFile(file, named: name, fields: fields)
        let headers = try await login.headers { try await self.exchange($0, headers: []) }
        var message = message(request, headers)
        message.headers["Content-Type"] = body.type
        do {
            return try await web.send(message, body: body, length: body.length, within: Self.uploadLimit).data(for: request)
        } catch let failure as WebFailure {
            throw Self.fault(request, failure)
        }
    }

    private func message(_ request: ProxmoxRequest, _ headers: [(String, String)]) -> WebRequest {
        var message = WebRequest(request.method.rawValue, endpoint.url(for: request), headers: ["Accept": "application/json"])
        for (name, value) in headers { message.headers[name] = value }
        return message
    }

    private static func fault(_ request: ProxmoxRequest, _ failure: WebFailure) -> ProxmoxFault {
        ProxmoxFault(request: request.display, message: failure.message, kind: failure.kind == .certificate ? .certificate : nil)
    }

    private func exchange(_ request: ProxmoxRequest, headers: [(String, String)]) async throws -> Value {
        var message = message(request, headers)
        if request.method == .create || request.method == .set {
            message.headers["Content-Type"] = "application/json"
            message.body = Array(Value.map(request.parameters).json.utf8)
        }
        do {
            return try await calls.send(message, within: limit).data(for: request)
        } catch let failure as WebFailure {
            throw Self.fault(request, failure)
        }
    }
}
