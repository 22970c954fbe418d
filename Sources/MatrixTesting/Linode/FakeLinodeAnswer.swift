public import MatrixCore

/// A reply of the fake.
public struct FakeLinodeAnswer: Sendable {
    public var status: Int
    /// With the names as Linode writes them.
    public var headers: [String: String]
    public var body: [UInt8]
    /// How many bytes of the body are sent before the connection breaks; nil for all of them.
    public var cutAfter: Int?

    public init(_ status: Int, headers: [String: String] = [:], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON answer.
    public init(_ status: Int = 200, _ value: Value, headers: [String: String] = [:]) {
        self.init(
            status, headers: headers.merging(["Content-Type": "application/json"]) { given, _ in given }, body: Array(value.json.utf8))
    }

    /// An error as Linode words it.
    public init(_ status: Int, reason: String, field: String? = nil, headers: [String: String] = [:]) {
        var error: [String: Value] = ["reason": .string(reason)]
        if let field { error["field"] = .string(field) }
        self.init(status, ["errors": [.map(error)]], headers: headers)
    }

    /// A proxy's page instead of a reply.
    public init(_ status: Int, page: String) {
        self.init(status, headers: ["Content-Type": "text/html"], body: Array("<html><body><h1>\(page)</h1></body></html>\n".utf8))
    }

    /// The body as JSON; null if it is not JSON.
    public var value: Value { Value(json: String(decoding: body, as: UTF8.self)) ?? .null }
}
