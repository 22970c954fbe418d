import MatrixCore

/// Authenticates by an API token, or by a ticket that a password login gave and that is renewed before it expires.
actor ProxmoxLogin {
    /// The credentials from the settings. The secrets do not leave this type.
    enum Credentials: Sendable {
        /// `user@realm!name` and the token's secret.
        case token(id: String, secret: String)
        case password(user: String, password: String)
    }

    private struct Ticket {
        var value: String
        var guardToken: String
        var since: ContinuousClock.Instant
    }

    /// A ticket is valid for two hours. It is renewed after one.
    private static let renewal = Duration.seconds(3600)

    private let credentials: Credentials
    private var ticket: Ticket?
    private var renewing: Task<Ticket, any Error>?

    nonisolated let isRenewable: Bool
    /// Only the login of root@pam is root; its tokens are not.
    nonisolated let isRoot: Bool

    init(_ credentials: Credentials) {
        self.credentials = credentials
        switch credentials {
        case .token:
            isRenewable = false
            isRoot = false
        case .password(let user, _):
            isRenewable = true
            isRoot = user == "root@pam"
        }
    }

    /// The headers of the next request.
    ///
    /// - Parameter send: sends the login request itself.
    func headers(_ send: @escaping @Sendable (ProxmoxRequest) async throws -> Value) async throws -> [(String, String)] {
        switch credentials {
        case .token(let id, let secret): return [("Authorization", "PVEAPIToken=\(id)=\(secret)")]
        case .password(let user, let password):
            let ticket = try await current(user, password, send)
            return [("Cookie", "PVEAuthCookie=\(ticket.value)"), ("CSRFPreventionToken", ticket.guardToken)]
        }
    }

    /// Drops a refused ticket.
    func forget() { ticket = nil }

    private func current(
        _ user: String, _ password: String, _ send: @escaping @Sendable (ProxmoxRequest) async throws -> Value
    ) async throws -> Ticket {
        if let ticket, ContinuousClock.now - ticket.since < Self.renewal { return ticket }
        let task = renewing ?? Task { try await Self.buy(user, password, send) }
        renewing = task
        defer { renewing = nil }
        let fresh = try await task.value
        ticket = fresh
        return fresh
    }

    private static func buy(
        _ user: String, _ password: String, _ send: @escaping @Sendable (ProxmoxRequest) async throws -> Value
    ) async throws -> Ticket {
        let request = ProxmoxRequest(.create, ["access", "ticket"], ["username": .string(user), "password": .string(password)])
        let answer = try await send(request)
        guard answer["NeedTFA"] == nil, let value = answer["ticket"]?.string, let guardToken = answer["CSRFPreventionToken"]?.string else {
            throw ProxmoxFault(
                request: request.display,
                message: "\(user) needs a second factor to log in: use an API token instead of login", kind: .credentials)
        }
        return Ticket(value: value, guardToken: guardToken, since: .now)
    }
}
