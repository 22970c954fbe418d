import MatrixCore
import MatrixWeb

/// A reply of the API, read as a value or a fault.
struct LinodeAnswer: Sendable {
    var reply: WebReply
    var request: LinodeRequest

    /// The value of a reply that reports success.
    func value() throws -> Value {
        guard (200..<300).contains(reply.status) else { throw refusal }
        if let value = Value(json: reply.text) { return value }
        if let page = reply.page {
            throw fault("the reply is \(page), not from the API: a proxy or another server may answer at this address", .fatal)
        }
        // A truncated reply: the change was made, only the reply is lost.
        throw fault("the reply is truncated or invalid JSON (\(reply.body.count) bytes)", .transient, mayBeDone: true)
    }

    private var refusal: LinodeFault {
        let given = reasons
        // Only the API knows that something does not exist. A proxy's page says nothing of it: it must not count as gone.
        if reply.status == 404, given == nil {
            return fault("the reply is \(reply.page ?? "a 404 without a reason"), not from the API", .transient)
        }
        let reason = given ?? reply.page ?? Self.meaning(of: reply.status)
        let kind = LinodeFault.Kind(status: reply.status, reason: reason, isMaintenance: reply.headers["x-maintenance-mode"] != nil)
        // A create with the reply "Linode busy." has been seen to make its Linode.
        return fault(reason, kind, mayBeDone: kind == .transient && reply.status != 429)
    }

    private func fault(_ message: String, _ kind: LinodeFault.Kind, mayBeDone: Bool = false) -> LinodeFault {
        LinodeFault(request, status: reply.status, message, kind, wait: RetryAfter.seconds(in: reply), mayBeDone: mayBeDone)
    }

    /// The texts of the API's errors: `region: is not valid; type: …`.
    private var reasons: String? {
        let texts = (Value(json: reply.text)?["errors"]?.elements ?? []).compactMap { error -> String? in
            guard let reason = error["reason"]?.string?.stripped.unlessEmpty else { return nil }
            return (error["field"]?.string?.unlessEmpty).map { "\($0): \(reason)" } ?? reason
        }
        return texts.joined(separator: "; ").unlessEmpty
    }

    private static func meaning(of status: Int) -> String {
        switch status {
        case 401: "the server does not accept the token"
        case 408: "the request took too long"
        case 429: "too many requests"
        case 503: "the service is unavailable"
        case 504: "timeout behind the API"
        default: "no reason given"
        }
    }
}
