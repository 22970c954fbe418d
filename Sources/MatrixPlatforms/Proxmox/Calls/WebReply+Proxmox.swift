import MatrixCore
import MatrixWeb

extension WebReply {
    /// The `data` of a reply that reports success.
    func data(for request: ProxmoxRequest) throws -> Value {
        let json = page == nil ? Value(json: text) : nil
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
        // Older servers say only in the reason phrase what is wrong.
        let said = message ?? page ?? reason.stripped.unlessEmpty ?? Self.meaning(of: status)
        return ProxmoxFault(request: request.display, status: status, message: ([said] + (fields ?? [])).joined(separator: "; "))
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
