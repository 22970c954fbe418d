public import MatrixCore

/// One request to a web API and its answer, without secrets: a line of `requests.ndjson`.
public struct Exchange: Codable, Sendable, Hashable {
    /// When it was sent.
    public var started: Timestamp
    public var seconds: Double
    public var method: String
    public var url: String
    /// The request's body; nil if there was none.
    public var sent: Value?
    /// The answer's status; nil if no complete answer came.
    public var status: Int?
    /// The phrase beside the status.
    public var reason: String?
    /// The answer's headers that tell something about it, by name in lower case.
    public var headers: [String: String]
    /// The answer's body.
    public var body: String?
    /// Why no complete answer came.
    public var failure: String?

    /// Headers that hold no credentials, and on which drivers decide.
    private static let told: Set<String> = ["content-type", "retry-after", "x-oauth-scopes", "x-ratelimit-remaining", "server"]
    private static let longest = 4 << 20

    /// - Parameter result: the answer, or the error that was thrown in its place.
    public init(_ request: WebRequest, _ result: Result<WebReply, any Error>, started: Timestamp, seconds: Double) {
        self.started = started
        self.seconds = seconds
        method = request.method
        url = request.url
        sent = request.body.map { Self.value(String(decoding: $0, as: UTF8.self)) }
        headers = [:]
        switch result {
        case .success(let reply):
            status = reply.status
            reason = reply.reason.isEmpty ? nil : reply.reason
            headers = reply.headers.filter { Self.told.contains($0.key) }
            body = Self.text(reply.text)
        case .failure(let error): failure = "\(error)"
        }
    }

    /// The answer as it was received, for tests; nil if there was none.
    public var reply: WebReply? {
        status.map { WebReply(status: $0, reason: reason ?? "", headers: headers, body: Array((body ?? "").utf8)) }
    }

    private static func value(_ text: String) -> Value {
        Value(json: text).map(PrivateFields.removed) ?? .string("\(text.utf8.count) bytes that are not JSON")
    }

    /// JSON without private fields; other text as it is, as a proxy's page says what stands in the way.
    private static func text(_ text: String) -> String {
        if let value = Value(json: text) { return PrivateFields.removed(value).json }
        return PlainText.clipped(Redactor.current.redact(PlainText.clean(text)), to: longest)
    }
}

/// Which fields of an API's JSON are not for others: credentials, and data about the person who holds the account.
enum PrivateFields {
    private static let exact: Set<String> = [
        "ticket", "sshkeys", "ssh_keys", "authorized_keys", "user_data", "metadata", "stackscript_data", "email", "phone", "first_name",
        "last_name", "company", "address_1", "address_2", "city", "zip", "tax_id", "credit_card", "certificate", "pem",
    ]
    private static let parts = ["password", "passwd", "passphrase", "secret", "token", "private", "credential", "root_pass"]

    /// The value with a mark in place of each such field. What is empty stays: that it is empty tells something.
    static func removed(_ value: Value) -> Value {
        switch value {
        case .list(let elements): .list(elements.map(removed))
        case .map(let members):
            .map(Dictionary(members.map { ($0.key, isPrivate($0.key) ? hidden($0.value) : removed($0.value)) }) { first, _ in first })
        default: value
        }
    }

    private static func isPrivate(_ name: String) -> Bool {
        let name = name.lowercased()
        return exact.contains(name) || parts.contains { name.contains($0) }
    }

    private static func hidden(_ value: Value) -> Value {
        switch value {
        case .null, .bool, .int, .double, .string(""): value
        default: .string(Redactor.mark)
        }
    }
}
