import MatrixCore
import MatrixWeb

/// One call of the Linode API.
struct LinodeRequest: Sendable, Hashable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    var method: Method
    /// The path's parts below the endpoint, not encoded.
    var path: [String]
    var query: [String: Int] = [:]
    /// The `X-Filter` header's value.
    var filter: Value?
    var body: Value?
    /// Whether to send no token: then public lists need no scope.
    var isAnonymous = false

    init(
        _ method: Method, _ path: [String], query: [String: Int] = [:], filter: Value? = nil, body: Value? = nil, isAnonymous: Bool = false
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.filter = filter
        self.body = body
        self.isAnonymous = isAnonymous
    }

    /// For messages: `POST /linode/instances`. Without the body, which contains a password and keys.
    var display: String { "\(method.rawValue) /\(path.joined(separator: "/"))" }

    /// The HTTP request at an endpoint.
    func message(to endpoint: LinodeEndpoint, token: String) -> WebRequest {
        var headers = ["Accept": "application/json"]
        if !isAnonymous { headers["Authorization"] = "Bearer \(token)" }
        if let filter { headers["X-Filter"] = filter.json }
        if body != nil { headers["Content-Type"] = "application/json" }
        let query = query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
        let url = endpoint.base + "/" + path.map(PercentEncoding.encode).joined(separator: "/") + (query.isEmpty ? "" : "?\(query)")
        return WebRequest(method.rawValue, url, headers: headers, body: body.map { Array($0.json.utf8) })
    }
}

/// The address of the API.
struct LinodeEndpoint: Sendable, Hashable {
    static let official = "https://api.linode.com/v4"

    /// Without a slash at the end.
    var base: String

    /// Reads `https://api.linode.com/v4`; nil if it is not such an address.
    init?(_ text: String) {
        guard let match = text.wholeMatch(of: /(https?:\/\/[A-Za-z0-9.\-_\[\]:]+(?:\/[A-Za-z0-9.\-_~]+)*)\/?/) else { return nil }
        base = String(match.output.1)
    }
}
