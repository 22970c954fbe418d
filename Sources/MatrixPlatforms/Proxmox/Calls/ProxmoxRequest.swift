import MatrixCore

/// One call of the Proxmox VE API, the same over REST and over `pvesh`.
struct ProxmoxRequest: Sendable, Hashable {
    /// The method, as HTTP and as `pvesh` name it.
    enum Method: String, Sendable {
        case get = "GET"
        case create = "POST"
        case set = "PUT"
        case delete = "DELETE"

        /// The verb of `pvesh`.
        var verb: String {
            switch self {
            case .get: "get"
            case .create: "create"
            case .set: "set"
            case .delete: "delete"
            }
        }

        /// Whether a second identical request changes nothing.
        var isRepeatable: Bool { self == .get || self == .set }
    }

    var method: Method
    /// The path's parts, not encoded. A volume id is one part, including its slashes.
    var path: [String]
    /// Text, numbers, booleans or lists of these.
    var parameters: [String: Value]

    init(_ method: Method, _ path: [String], _ parameters: [String: Value] = [:]) {
        self.method = method
        self.path = path
        self.parameters = parameters
    }

    /// For messages: `POST /nodes/pve1/qemu/9000/clone`. Without parameters, which may contain keys.
    var display: String { "\(method.rawValue) /\(path.joined(separator: "/"))" }

    /// The node that the path names.
    var node: String? { path.count > 1 && path[0] == "nodes" ? path[1] : nil }
}

/// A way to reach the API: REST or `pvesh`.
protocol ProxmoxCaller: Sendable {
    /// Sends one request once, without a retry, and returns the reply's data.
    ///
    /// - Throws: `ProxmoxFault`, `CancellationError`.
    func send(_ request: ProxmoxRequest) async throws -> Value
    /// Whether requests are made as root, which has all privileges.
    var isRoot: Bool { get }
    /// Whether this way carries files.
    var carriesFiles: Bool { get }
    /// Sends one request once with a file of this machine and the request's parameters in their order as form fields.
    ///
    /// - Throws: as ``send(_:)``; if the file cannot be read.
    func upload(_ file: String, named name: String, fields: [(name: String, value: String)], by request: ProxmoxRequest) async throws
        -> Value
}

extension ProxmoxCaller {
    var carriesFiles: Bool { false }

    func upload(_ file: String, named name: String, fields: [(name: String, value: String)], by request: ProxmoxRequest) async throws
        -> Value
    {
        throw ProxmoxFault(request: request.display, message: "pvesh uploads no files", kind: .fatal)
    }
}
