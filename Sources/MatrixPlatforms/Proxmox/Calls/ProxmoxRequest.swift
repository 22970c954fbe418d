import MatrixCore

/// One call of the Proxmox VE API, the same over REST and over `pvesh`.
struct ProxmoxRequest: Sendable, Hashable {
    /// What is done, in both ways of saying it.
    enum Method: String, Sendable {
        case get = "GET"
        case create = "POST"
        case set = "PUT"
        case delete = "DELETE"

        /// `pvesh`'s word for it.
        var verb: String {
            switch self {
            case .get: "get"
            case .create: "create"
            case .set: "set"
            case .delete: "delete"
            }
        }

        /// Whether the same request twice does no more than once.
        var isRepeatable: Bool { self == .get || self == .set }
    }

    var method: Method
    /// The path's parts, not encoded; a volume id is one part, slashes and all.
    var path: [String]
    /// Text, numbers, booleans or lists of these.
    var parameters: [String: Value]

    init(_ method: Method, _ path: [String], _ parameters: [String: Value] = [:]) {
        self.method = method
        self.path = path
        self.parameters = parameters
    }

    /// For messages: `POST /nodes/pve1/qemu/9000/clone`; without parameters, as they may hold keys.
    var display: String { "\(method.rawValue) /\(path.joined(separator: "/"))" }

    /// The node that the path names.
    var node: String? { path.count > 1 && path[0] == "nodes" ? path[1] : nil }
}

/// A way to reach the API: REST or `pvesh`.
protocol ProxmoxCaller: Sendable {
    /// Sends one request once, without any repetition, and returns the answer's data.
    ///
    /// - Throws: `ProxmoxFault`, `CancellationError`.
    func send(_ request: ProxmoxRequest) async throws -> Value
    /// Whether requests are made as root, who lacks no privilege.
    var isRoot: Bool { get }
}
