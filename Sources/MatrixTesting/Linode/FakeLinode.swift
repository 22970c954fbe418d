internal import Foundation
public import MatrixCore
internal import Synchronization

/// A Linode account in this process. It accepts and refuses requests as the official description does, and keeps what it made.
///
/// Clients use ``respond(to:)`` for a transport without sockets, or ``FakeLinodeServer`` over HTTP. It supports only some
/// operations: it refuses all others, and records them in ``violations``.
public final class FakeLinode: Sendable {
    /// A received request, without its token.
    public struct Served: Sendable {
        public let method: String
        /// Without the version and the query: `/linode/instances`.
        public let path: String
        public let query: String
        public let filter: String?
        public let body: Value
        /// The status of the reply; nil if there was none.
        public var status: Int?
    }

    /// The connection ended without a reply.
    public struct ConnectionLost: Error {}

    public let settings: FakeLinodeSettings
    /// Regions, types and images from real replies (recorded with linodego).
    private static let catalogue = LinodeDescription.resource("linode-catalogue")
    private let description = LinodeDescription.shared
    private let hosts: (any HostLender)?
    private let state: Mutex<FakeLinodeState>

    /// - Parameter hosts: makes hosts for its instances; nil: instances have only an address.
    public init(_ settings: FakeLinodeSettings = FakeLinodeSettings(), hosts: (any HostLender)? = nil) {
        self.settings = settings
        self.hosts = hosts
        state = Mutex(FakeLinodeState(settings, catalogue: Self.catalogue, hosts: hosts))
    }

    /// The operations that it supports.
    public static var operations: Set<String> { Set(FakeLinodeState.handlers.keys) }

    // MARK: - State

    /// The labels of all existing instances, without foreign ones.
    public var instances: [String] { settled { state in state.instances.values.filter { !$0.isForeign }.map(\.label).sorted() } }
    /// All instances as the API would list them, including foreign ones.
    public var listed: [Value] { settled { state in state.instances.values.sorted { $0.id < $1.id }.map { $0.value(at: state.now) } } }
    /// The number of foreign instances that still exist.
    public var foreigners: Int { settled { state in state.instances.values.count(where: \.isForeign) } }
    /// The labels of all tag objects.
    public var tags: [String] { settled { $0.tags.sorted() } }
    /// Every request that the description does not allow, and every change of foreign instances.
    public var violations: [String] { settled { $0.violations + $0.complaints } }
    /// All received requests.
    public var requests: [Served] { settled { $0.requests } }

    /// The number of requests of a kind: `POST`, `/linode/instances`.
    public func count(_ method: String, _ path: String) -> Int { requests.count { $0.method == method && $0.path == path } }

    private func settled<Result: Sendable>(_ read: (inout FakeLinodeState) -> Result) -> Result {
        state.withLock { state in
            state.settle()
            return read(&state)
        }
    }

    // MARK: - Test control

    /// Makes the next requests of a kind fail.
    ///
    /// - Parameters:
    ///   - method: nil for any.
    ///   - part: of the path; empty for any.
    ///   - passing: how many succeed first.
    ///   - times: how many then fail.
    public func fail(_ method: String? = nil, _ part: String = "", with fault: FakeLinodeFault, passing: Int = 0, times: Int = 1) {
        settled { $0.faults.rules.append(.init(method: method, part: part, fault: fault, passes: passing, times: times)) }
    }

    /// Makes a random share of all requests fail. The same seed gives the same faults.
    public func fail(share: Double, seed: UInt64, with faults: [FakeLinodeFault] = FakeLinodeFault.transient) {
        settled { $0.faults.weather = .init(seed: seed, share: share, faults: faults) }
    }

    /// Clears all faults.
    public func heal() { settled { $0.faults = FaultPlan() } }

    /// Sets the fates of the next instances, in this order.
    public func destine(_ fates: FakeLinodeFate...) { settled { $0.fates += fates } }

    /// Makes the token invalid.
    public func revokeToken() { settled { $0.isTokenValid = false } }

    /// Adds instances that somebody else made, with tags that are not ours.
    ///
    /// - Parameter label: the label of each, by its number.
    public func addForeigners(_ count: Int, tags: [String] = ["production"], label: (Int) -> String = { "foreign-\($0)" }) {
        settled { state in
            for number in 0..<count {
                let id = state.nextID()
                state.instances[id] = FakeInstance(
                    id: id, label: label(number), region: "us-east", type: state.object("types", "g6-nanode-1") ?? .null,
                    image: "linode/debian12", tags: tags,
                    addresses: ["198.51.100.\(number % 250 + 1)"], firewall: nil, userData: nil, authorizedKeys: [],
                    created: Date(timeIntervalSinceNow: -86_400),
                    isForeign: true, life: [(state.now, "running")])
            }
            state.tags.formUnion(tags)
        }
    }

    // MARK: - Answers

    /// Answers a request, or makes it fail as a test arranged.
    ///
    /// - Throws: ``ConnectionLost`` if the client gets no reply; `CancellationError` if it stopped waiting for one.
    public func respond(to request: FakeLinodeRequest) async throws -> FakeLinodeAnswer {
        let (index, fault) = note(request)
        switch fault {
        case nil: return finish(index, work(request))
        case .answer(let answer)?: return finish(index, answer)
        case .drop?: throw ConnectionLost()
        case .hang?:
            try await Task.sleep(for: .seconds(3600))
            throw ConnectionLost()
        case .slow(let time)?:
            try await Task.sleep(for: time)
            return finish(index, work(request))
        case .lostAnswer?:
            _ = work(request)
            throw ConnectionLost()
        case .truncated?:
            var answer = work(request)
            answer.body = Array(answer.body.prefix(answer.body.count / 2))
            return finish(index, answer)
        case .broken?:
            var answer = work(request)
            answer.cutAfter = answer.body.count / 2
            return finish(index, answer)
        }
    }

    private func note(_ request: FakeLinodeRequest) -> (Int, FakeLinodeFault?) {
        let path = request.path ?? request.target
        let served = Served(
            method: request.method, path: path, query: request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&"),
            filter: request.headers["x-filter"],
            body: Value(json: String(decoding: request.body, as: UTF8.self)) ?? .null, status: nil)
        return settled { state in
            state.requests.append(served)
            return (state.requests.count - 1, state.faults.fault(request.method, path))
        }
    }

    private func finish(_ index: Int, _ answer: FakeLinodeAnswer) -> FakeLinodeAnswer {
        settled { $0.requests[index].status = answer.status }
        return answer
    }

    /// Executes the request.
    private func work(_ request: FakeLinodeRequest) -> FakeLinodeAnswer {
        let (answer, effects) = settled { state -> (FakeLinodeAnswer, [FakeLinodeState.Effect]) in
            defer { state.effects = [] }
            let answer = serve(request, &state)
            return (answer, state.effects)
        }
        for effect in effects { Task { await run(effect) } }
        return answer
    }

    private func serve(_ request: FakeLinodeRequest, _ state: inout FakeLinodeState) -> FakeLinodeAnswer {
        var answer: FakeLinodeAnswer
        var operation = description.operation(request.method, request.path ?? "")?.0
        do throws(FakeLinodeRefusal) {
            let token = try admit(request, state, operation)
            let call = try FakeLinodeCall(request, by: description, token: (settings.scopes, token))
            operation = call.operation
            guard let handler = FakeLinodeState.handlers[call.operation.name] else { throw .violation(404, "Not found") }
            answer = FakeLinodeAnswer(200, try handler(&state, call))
        } catch {
            if error.isViolation {
                let why = error.errors.map { "\($0.field.map { "\($0): " } ?? "")\($0.reason)" }.joined(separator: "; ")
                state.violations.append("\(request.method) \(request.target): \(error.status) \(why)")
            }
            answer = error.answer
        }
        answer.headers.merge(headers(for: operation)) { given, _ in given }
        return answer
    }

    /// Whether a token was sent. Checks it.
    private func admit(_ request: FakeLinodeRequest, _ state: FakeLinodeState, _ operation: LinodeOperation?) throws(FakeLinodeRefusal)
        -> Bool
    {
        guard let sent = request.headers["authorization"] else {
            // Anyone may list public images.
            let isPublic = operation?.scopes == nil || operation?.name.hasPrefix("GET /images") ?? false
            if operation != nil, isPublic { return false }
            throw .violation(401, "Invalid Token")
        }
        guard sent == "Bearer \(settings.token)", state.isTokenValid else { throw FakeLinodeRefusal(401, "Invalid Token") }
        return true
    }

    private func headers(for operation: LinodeOperation?) -> [String: String] {
        [
            "X-OAuth-Scopes": settings.scopes.joined(separator: " "),
            "X-Accepted-OAuth-Scopes": operation?.scopes?.joined(separator: " ") ?? "",
            "X-RateLimit-Limit": "800", "X-RateLimit-Remaining": "799",
            "X-RateLimit-Reset": "\(Int(nearest: Date().timeIntervalSince1970) + 60)",
            "Cache-Control": "max-age=0, no-cache, no-store", "Vary": "Authorization, X-Filter",
        ]
    }

    // MARK: - Hosts

    private func run(_ effect: FakeLinodeState.Effect) async {
        guard let hosts else { return }
        do {
            switch effect {
            case .start(let id, let seed):
                try await hosts.start(id, seed)
                become("running", id)
            case .power(let id, let on): try await hosts.power(id, on: on)
            case .remove(let id):
                try await hosts.remove(id)
                settled { _ = $0.instances.removeValue(forKey: id) }
            }
        } catch {
            settled { $0.complaints.append("the host of \(effect) did not obey: \(error)") }
            if case .start(let id, _) = effect { become("offline", id) }
        }
    }

    /// Its host has booted, but the instance runs only when its time has come.
    private func become(_ status: String, _ id: Int) {
        settled { state in
            guard let last = state.instances[id]?.life.last, last.status == "booting" else { return }
            state.instances[id]?.life.append((max(state.now, last.at), status))
        }
    }
}
