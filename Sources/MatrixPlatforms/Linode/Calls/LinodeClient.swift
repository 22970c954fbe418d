import MatrixCore
import MatrixWeb
internal import Synchronization

/// The API with its customs: what may be repeated is repeated as long as the trouble is passing, lists are read to their last page.
final class LinodeClient: Sendable {
    let transport: any WebTransport
    let endpoint: LinodeEndpoint
    let pace: LinodePace
    private let token: String
    /// From 25 to 500.
    private static let pageSize = 100
    private let seen = Mutex<LinodeScopes?>(nil)

    init(_ transport: any WebTransport, endpoint: LinodeEndpoint, token: String, pace: LinodePace = LinodePace()) {
        self.transport = transport
        self.endpoint = endpoint
        self.token = token
        self.pace = pace
    }

    /// What the token may do, as the last reply said; nil where none has.
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

    /// Sends a request that does no more when it is sent twice, again and again while the trouble is passing.
    func send(_ request: LinodeRequest) async throws -> Value {
        try await retrying {
            try await once(request)
        } pause: { error, attempt in
            (error as? LinodeFault).flatMap { pause(after: $0, attempt) }
        }
    }

    func get(_ path: [String], filter: Value? = nil) async throws -> Value { try await send(LinodeRequest(.get, path, filter: filter)) }

    /// The value, or nil where it is not there.
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
            let request = LinodeRequest(.get, path, query: ["page": page, "page_size": Self.pageSize], filter: filter, isAnonymous: isAnonymous)
            let (elements, pages) = try await list(request)
            found += elements
            if page >= pages { return found }
            page += 1
        }
    }

    /// All elements of a list that is described without pages: they are only asked for where the answer turns out to have some.
    func whole(_ path: [String]) async throws -> [Value] {
        let (elements, pages) = try await list(LinodeRequest(.get, path))
        return pages > 1 ? try await all(path) : elements
    }

    private func list(_ request: LinodeRequest) async throws -> (elements: [Value], pages: Int) {
        let answer = try await send(request)
        guard case .list(let elements) = answer["data"] else { throw LinodeFault(request, status: 200, "the answer has no list of data", .fatal) }
        guard let pages = (answer["pages"] ?? 1).count else {
            throw LinodeFault(request, status: 200, "the answer's number of pages is \((answer["pages"] ?? .null).json)", .fatal)
        }
        return (elements, pages)
    }

    /// How long to wait before a request is sent again; nil where that is of no use or was done often enough.
    func pause(after fault: LinodeFault, _ attempt: Int) -> Duration? {
        guard fault.kind == .transient, attempt < pace.tries else { return nil }
        let own = pace.retry.pause(before: attempt)
        guard let asked = fault.wait else { return own }
        // Everybody who was turned away at once must not come back at once.
        let told = Duration.seconds(min(asked * pace.second, pace.longestWait.inSeconds) * Double.random(in: 1...1.1))
        return max(told, own)
    }
}

/// What a token may do.
struct LinodeScopes: Sendable, Hashable {
    private let names: Set<String>

    /// Reads `X-OAuth-Scopes`: `linodes:read_write events:read_only`, with commas or blanks, or `*`.
    init(_ text: String) {
        names = Set(text.lowercased().split { $0 == "," || $0.isWhitespace }.map(String.init))
    }

    func allowsReading(_ area: String) -> Bool { allowsWriting(area) || names.contains("\(area):read_only") }

    func allowsWriting(_ area: String) -> Bool { names.contains("*") || names.contains("\(area):read_write") || names.contains("\(area):*") }
}
