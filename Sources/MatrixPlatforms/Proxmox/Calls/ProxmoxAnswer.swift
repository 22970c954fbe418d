import MatrixCore

/// An HTTP reply of the API, and what it means: data or a fault.
struct ProxmoxAnswer: Sendable {
    var status: Int
    /// The reason phrase after the status. Older servers say only there what is wrong.
    var reason: String
    var contentType: String
    var body: [UInt8]

    /// The `data` of a reply that reports success.
    func data(for request: ProxmoxRequest) throws -> Value {
        let json = contentType.contains("html") ? nil : Value(json: String(decoding: body, as: UTF8.self))
        guard (200..<300).contains(status) else { throw fault(for: request, json) }
        if let json { return json["data"] ?? .null }
        if body.isEmpty { return .null }
        throw ProxmoxFault(
            request: request.display, status: status,
            message: "the reply is \(page ?? "not JSON"), not from the API: a proxy or another server may answer at this address",
            kind: .fatal)
    }

    private func fault(for request: ProxmoxRequest, _ json: Value?) -> ProxmoxFault {
        let fields = json?["errors"].flatMap { errors -> [String]? in
            guard case .map(let members) = errors else { return nil }
            return members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }
        }
        let message = json?["message"]?.string?.stripped.unlessEmpty
        let said = message ?? page ?? reason.stripped.unlessEmpty ?? Self.meaning(of: status)
        return ProxmoxFault(request: request.display, status: status, message: ([said] + (fields ?? [])).joined(separator: "; "))
    }

    /// The title of a web page that came instead of a reply.
    private var page: String? {
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        guard contentType.contains("html") || text.stripped.lowercased().hasPrefix("<") else { return nil }
        let title = text.firstMatch(of: /<(?:title|h1)[^>]*>([^<]+)</.ignoresCase()).map { String($0.output.1).stripped }
        return "a web page" + (title.map { " (\($0))" } ?? "")
    }

    private static func meaning(of status: Int) -> String {
        switch status {
        case 401: "the server does not accept the credentials"
        case 403: "a privilege is missing"
        case 595: "the node cannot be reached"
        case 596: "the node's reply is invalid"
        case 599: "the node did not answer in time"
        default: "no reason given"
        }
    }
}
