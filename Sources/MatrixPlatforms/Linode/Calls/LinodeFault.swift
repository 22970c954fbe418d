import MatrixCore

/// Why a request did not do what it should; what kind of trouble that is, is decided here only.
struct LinodeFault: Error, Sendable, Hashable {
    /// What can be done about it.
    enum Kind: Sendable, Hashable {
        /// The same again, later, may work.
        case transient
        /// The API is closed for maintenance: later, but not within a run.
        case maintenance
        /// The token is not accepted, or no longer.
        case credentials
        /// The token lacks a scope, or its user a grant.
        case scope
        /// It is not there.
        case missing
        /// The label is taken.
        case exists
        /// The region has no room.
        case full
        /// The account may have no more.
        case limit
        /// The server's certificate is not the expected one.
        case certificate
        case fatal
    }

    /// The request, for messages.
    var request: String
    /// The HTTP status; nil where no reply came.
    var status: Int?
    /// The reasons that the API gave, each with its field.
    var message: String
    var kind: Kind
    /// How long the server asks to wait, in its seconds.
    var wait: Double?
    /// Whether a change that was asked for may have been made all the same.
    var mayBeDone: Bool

    init(_ request: LinodeRequest, status: Int? = nil, _ message: String, _ kind: Kind, wait: Double? = nil, mayBeDone: Bool = false) {
        self.request = request.display
        self.status = status
        self.message = message
        self.kind = kind
        self.wait = wait
        self.mayBeDone = mayBeDone
    }

    /// No whole reply came.
    init(_ request: LinodeRequest, _ failure: WebFailure) {
        self.init(request, failure.message, failure.kind == .certificate ? .certificate : .transient, mayBeDone: failure.kind != .certificate)
    }
}

extension LinodeFault.Kind {
    /// What a refusal means.
    ///
    /// - Parameter reason: the API's words, fields included.
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

    /// How a region without room says so. The official description has no words for it. Seen from the API are "not currently available
    /// in the selected region" (a 403: https://github.com/linode/linode_api4-python/pull/396) and, from its predecessor, "No open slots for
    /// this plan" (https://github.com/displague/vagrant-linode/issues/24); the others are guesses.
    private static let noRoom = ["not currently available", "no open slots", "capacity", "out of stock", "sold out", "unavailable", "not available"]

    private static func shortage(_ text: String) -> LinodeFault.Kind? {
        if text.contains("limit reached") || text.contains("account limit") { return .limit }
        // An image that is not available is no better in another region.
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
        case .maintenance: "the API is closed for maintenance, see https://status.linode.com; run again afterwards"
        case .credentials: "check the token: it may have expired or been revoked (https://cloud.linode.com/profile/tokens)"
        case .scope: "make a token with the scopes linodes:read_write and events:read_only, of a user who may do this (docs/linode.md)"
        case .exists: "something else has this name; rename it, or run again"
        case .full: "name another region or type in the platform's settings"
        case .limit: "remove other Linodes, ask Linode's support for a higher limit, or lower limits.platform"
        case .certificate: "check endpoint, and the clock and certificate authorities of this machine"
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

/// Runs `work` and gives a fault of the API to people.
func linode<R>(_ what: @autoclosure () -> String, _ work: () async throws -> R) async throws -> R {
    do {
        return try await work()
    } catch let fault as LinodeFault {
        throw fault.error(what())
    }
}
