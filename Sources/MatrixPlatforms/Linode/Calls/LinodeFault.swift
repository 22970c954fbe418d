import MatrixCore
import MatrixWeb

/// Why a request failed. Only this type decides the kind of the fault.
struct LinodeFault: Error, Sendable, Hashable {
    /// What to do about it.
    enum Kind: Sendable, Hashable {
        /// A later retry may work.
        case transient
        /// The API is closed for maintenance: a retry may work, but not within this run.
        case maintenance
        /// The token is invalid or has expired.
        case credentials
        /// The token lacks a scope, or its user lacks a grant.
        case scope
        /// It does not exist.
        case missing
        /// The label is already in use.
        case exists
        /// The region has no capacity.
        case full
        /// The account has reached a limit.
        case limit
        /// The server's certificate is not the expected one.
        case certificate
        case fatal
    }

    /// The request, for messages.
    var request: String
    /// The HTTP status; nil if no reply came.
    var status: Int?
    /// The reasons from the API, each with its field.
    var message: String
    var kind: Kind
    /// How long the server asks to wait, in its seconds.
    var wait: Double?
    /// Whether the requested change may have been made in spite of the fault.
    var mayBeDone: Bool

    init(_ request: LinodeRequest, status: Int? = nil, _ message: String, _ kind: Kind, wait: Double? = nil, mayBeDone: Bool = false) {
        self.request = request.display
        self.status = status
        self.message = message
        self.kind = kind
        self.wait = wait
        self.mayBeDone = mayBeDone
    }

    /// Whether the server does not have this call at all, as a gateway before the API may not.
    var isUnknownCall: Bool { kind == .missing || [404, 405, 410, 501].contains(status) }

    /// No complete reply came.
    init(_ request: LinodeRequest, _ failure: WebFailure) {
        self.init(
            request, failure.message, failure.kind == .certificate ? .certificate : .transient, mayBeDone: failure.kind != .certificate)
    }
}

extension LinodeFault.Kind {
    /// The meaning of an error reply.
    ///
    /// - Parameter reason: the API's text, including the fields.
    init(status: Int, reason: String, isMaintenance: Bool) {
        let text = reason.lowercased()
        switch status {
        case 400 where text.contains("linode busy"): self = .transient
        case 400 where text.contains("label must be unique"): self = .exists
        case 400, 403, 409, 422: self = Self.shortage(text) ?? (status == 403 ? .scope : .fatal)
        case 401: self = text.contains("not authorized") || text.contains("scope") ? .scope : .credentials
        case 404: self = .missing
        case 503 where isMaintenance: self = .maintenance
        case 408, 429, 500, 502, 503, 504: self = .transient
        default: self = .fatal
        }
    }

    /// The error texts of a region without capacity. The official description has none. Seen from the API: "not currently available in
    /// the selected region" (a 403: https://github.com/linode/linode_api4-python/pull/396). Seen from its predecessor: "No open slots for
    /// this plan" (https://github.com/displague/vagrant-linode/issues/24). The others are guesses.
    private static let noRoom = [
        "not currently available", "no open slots", "capacity", "out of stock", "sold out", "unavailable", "not available",
    ]

    private static func shortage(_ text: String) -> LinodeFault.Kind? {
        if text.contains("limit reached") || text.contains("account limit") { return .limit }
        // An unavailable image is also unavailable in other regions.
        return noRoom.contains(where: text.contains) && !text.contains("image") ? .full : nil
    }
}

extension LinodeFault {
    /// The fault as an error message, with the next step.
    ///
    /// - Parameter what: what failed: `creating rocky9-linode-261123-050122-k3f9`.
    func error(_ what: String) -> InfrastructureError {
        InfrastructureError(
            what, why: "\(request): \(status.map { "\($0) " } ?? "")\(message)", next: next, type: type, isTransient: kind == .transient)
    }

    private var next: String? {
        switch kind {
        case .transient, .missing, .fatal: nil
        case .maintenance: "the API is closed for maintenance (https://status.linode.com): run again after its end"
        case .credentials: "check the token: it may have expired or been revoked (https://cloud.linode.com/profile/tokens)"
        case .scope: "make a token with the scopes linodes:read_write and events:read_only, for a user who has the grants (docs/linode.md)"
        case .exists: "another Linode has this name: rename it, or run again"
        case .full: "name another region or type in the platform's settings"
        case .limit: "remove other Linodes, ask Linode's support for a higher limit, or lower limits.platform"
        case .certificate: "check the endpoint setting, and this machine's clock and certificate authorities"
        }
    }

    private var type: ProblemType {
        switch kind {
        case .credentials: .linodeCredentials
        case .scope: .linodeScope
        case .full: .linodeCapacity
        case .limit: .linodeLimit
        case .maintenance: .linodeMaintenance
        case .certificate: .linodeCertificate
        default: .linodeRequest
        }
    }
}

/// Runs `work`, and turns a fault of the API into an error message.
func linode<R>(_ what: @autoclosure () -> String, _ work: () async throws -> R) async throws -> R {
    do {
        return try await work()
    } catch let fault as LinodeFault {
        throw fault.error(what())
    }
}
