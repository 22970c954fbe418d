import MatrixCore

/// A reply of the API, and what it means: a value or a fault.
struct LinodeAnswer: Sendable {
    var reply: WebReply
    var request: LinodeRequest

    /// The value of a good reply.
    func value() throws -> Value {
        guard (200..<300).contains(reply.status) else { throw refusal }
        if let value = Value(json: reply.text) { return value }
        if isPage { throw fault("the reply is \(page), not from the API: a proxy or another server may answer at this address", .fatal) }
        // Cut off on its way: what was asked for is done, only its answer is lost.
        throw fault("the answer is no whole JSON (\(reply.body.count) bytes)", .transient, mayBeDone: true)
    }

    private var refusal: LinodeFault {
        let reason = reasons ?? (isPage ? page : Self.meaning(of: reply.status))
        let kind = LinodeFault.Kind(status: reply.status, reason: reason, isMaintenance: reply.headers["x-maintenance-mode"] != nil)
        // A create that was answered with "Linode busy." has been seen to have made its Linode.
        return fault(reason, kind, mayBeDone: kind == .transient && reply.status != 429)
    }

    private func fault(_ message: String, _ kind: LinodeFault.Kind, mayBeDone: Bool = false) -> LinodeFault {
        LinodeFault(request, status: reply.status, message, kind, wait: RetryAfter.seconds(in: reply), mayBeDone: mayBeDone)
    }

    /// What the API's own errors say: `region: is not valid; type: …`.
    private var reasons: String? {
        guard let json = Value(json: reply.text), case .list(let errors) = json["errors"] else { return nil }
        let texts = errors.compactMap { error -> String? in
            guard let reason = error["reason"]?.string?.stripped.unlessEmpty else { return nil }
            return (error["field"]?.string?.unlessEmpty).map { "\($0): \(reason)" } ?? reason
        }
        return texts.joined(separator: "; ").unlessEmpty
    }

    private var isPage: Bool { (reply.headers["content-type"] ?? "").contains("html") || reply.text.stripped.hasPrefix("<") }

    /// The title of a web page that came instead of a reply.
    private var page: String {
        let title = reply.text.prefix(4096).firstMatch(of: /<(?:title|h1)[^>]*>([^<]+)</.ignoresCase()).map { String($0.output.1).stripped }
        return "a web page" + (title.map { " (\($0))" } ?? "")
    }

    private static func meaning(of status: Int) -> String {
        switch status {
        case 401: "the token is not accepted"
        case 408: "the server did not take the request in time"
        case 429: "too many requests"
        case 503: "the service is unavailable"
        case 504: "no answer in time behind the API"
        default: "no reason given"
        }
    }
}
