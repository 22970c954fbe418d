import MatrixCore
import MatrixWeb
internal import Synchronization

/// The API client. It retries requests that may be repeated on temporary faults, and reads lists to their last page.
final class LinodeClient: Sendable {
    let transport: any WebTransport
    let endpoint: LinodeEndpoint
    let pace: LinodePace
    private let token: String
    /// From 25 to 500.
    private static let pageSize = 100
    /// No account has more of anything; a reply that names more would be asked for without end.
    private static let mostPages = 1000
    private let seen = Mutex<LinodeScopes?>(nil)

    init(_ transport: any WebTransport, endpoint: LinodeEndpoint, token: String, pace: LinodePace = LinodePace()) {
        self.transport = transport
        self.endpoint = endpoint
        self.token = token
        self.pace = pace
    }

    /// The token's scopes, from the last reply; nil before the first reply that has them.
    var scopes: LinodeScopes? { seen.withLock { $0 } }

    /// Sends a request once.
    ///
    /// - Throws: `LinodeFault`, `CancellationError`.
    func once(_ request: LinodeRequest) async throws -> Value {
        let reply: WebReply
        do {
            reply = try await transport.send(request.message(to: endpoint, token: token), within: pace.request)
        } catch let failure as WebFailure {
            throw LinodeFault(request, failure)
        }
        if !request.isAnonymous, let text = reply.headers["x-oauth-scopes"] { seen.withLock { $0 = LinodeScopes(text) } }
        return try LinodeAnswer(reply: reply, request: request).value()
    }

    /// Sends an idempotent request, and retries it on temporary faults.
    func send(_ request: LinodeRequest) async throws -> Value {
        try await retrying {
            try await once(request)
        } pause: { error, attempt in
            (error as? LinodeFault).flatMap { pause(after: $0, attempt) }
        }
    }

    func get(_ path: [String], filter: Value? = nil) async throws -> Value { try await send(LinodeRequest(.get, path, filter: filter)) }

    /// The value, or nil if it does not exist.
    func find(_ path: [String]) async throws -> Value? {
        do {
            return try await get(path)
        } catch let fault as LinodeFault where fault.kind == .missing {
            return nil
        }
    }

    /// All elements of a list, page by page.
    func all(_ path: [String], filter: Value? = nil, isAnonymous: Bool = false) async throws -> [Value] {
        var found: [Value] = []
        var page = 1
        while true {
            let request = LinodeRequest(
                .get, path, query: ["page": page, "page_size": Self.pageSize], filter: filter, isAnonymous: isAnonymous)
            let (elements, pages) = try await list(request)
            found += elements
            if page >= pages { return found }
            page += 1
        }
    }

    /// All elements of a list that is documented without pages. Further pages are requested only if the reply has some.
    func whole(_ path: [String]) async throws -> [Value] {
        let (elements, pages) = try await list(LinodeRequest(.get, path))
        return pages > 1 ? try await all(path) : elements
    }

    private func list(_ request: LinodeRequest) async throws -> (elements: [Value], pages: Int) {
        let answer = try await send(request)
        guard case .list(let elements) = answer["data"] else {
            throw LinodeFault(request, status: 200, "the reply has no list under data", .fatal)
        }
        guard let pages = (answer["pages"] ?? 1).count, pages <= Self.mostPages else {
            throw LinodeFault(request, status: 200, "the reply's number of pages is invalid: \((answer["pages"] ?? .null).json)", .fatal)
        }
        return (elements, pages)
    }

    /// The wait before a retry; nil if a retry is of no use or there were enough.
    func pause(after fault: LinodeFault, _ attempt: Int) -> Duration? {
        guard fault.kind == .transient, attempt < pace.tries else { return nil }
        let own = pace.retry.pause(before: attempt)
        guard let asked = fault.wait else { return own }
        // Requests that were refused together must not be retried together.
        let told = Duration.seconds(min(asked * pace.second, pace.longestWait.inSeconds) * Double.random(in: 1...1.1))
        return max(told, own)
    }
}

/// The scopes of a token.
struct LinodeScopes: Sendable, Hashable {
    private let names: Set<String>

    /// Reads `X-OAuth-Scopes`: `linodes:read_write events:read_only`, with commas or blanks, or `*`.
    init(_ text: String) {
        names = Set(text.lowercased().split { $0 == "," || $0.isWhitespace }.map(String.init))
    }

    func allowsReading(_ area: String) -> Bool { allowsWriting(area) || names.contains("\(area):read_only") }

    func allowsWriting(_ area: String) -> Bool {
        names.contains("*") || names.contains("\(area):read_write") || names.contains("\(area):*")
    }
}
