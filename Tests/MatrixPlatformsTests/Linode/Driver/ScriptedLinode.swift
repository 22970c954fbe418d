import MatrixCore
import MatrixWeb

/// A small Linode for tests of the driver alone: it keeps instances and tags, pages and filters, and does what a test
/// scripted for a request.
///
/// What the official API refuses is the business of the fake Linode in MatrixTesting; here an unknown path is an error of the test.
final class ScriptedLinode: WebTransport {
    /// What happens to a request instead of its answer.
    enum Trouble: Sendable {
        /// It is answered so, and nothing is done.
        case reply(WebReply)
        /// It is done, and answered so.
        case done(WebReply)
        /// Nothing is done, no answer comes.
        case dropped
        /// It is done, no answer comes.
        case doneAndDropped
    }

    struct State: Sendable {
        var instances: [Int: Value] = [:]
        var nextID = 100
        /// Looks at an instance until it runs.
        var looksUntilRunning = 2
        var tags: Set<String> = []
        var events: [Value] = []
        var scopes: String? = "*"
        var regions = [ScriptedLinode.region("us-central"), ScriptedLinode.region("us-east")]
        var images = [ScriptedLinode.image("linode/debian12"), ScriptedLinode.image("linode/rocky9")]
        var availability: [Value] = []
        var profile: Value = ["username": "matrix", "restricted": false]
        var settings: Value = ["interfaces_for_new_linodes": "legacy_config_only"]
        var accountAvailability: [Value] = []
        var firewalls: [Int: Value] = [:]
        var keepsTags = true
        var requests: [WebRequest] = []
    }

    let state = MutexBox(State())
    private let script: MutexBox<@Sendable (WebRequest, State) -> Trouble?> = MutexBox { _, _ in nil }

    /// Decides what becomes of each request; nil for its usual answer.
    func script(_ script: @escaping @Sendable (WebRequest, State) -> Trouble?) { self.script.with { $0 = script } }

    /// `POST /linode/instances` and the like, in order.
    var calls: [String] { state.current.requests.map(\.call) }
    var bodies: [Value] {
        state.current.requests.filter { $0.method == "POST" }.compactMap {
            $0.body.flatMap { Value(json: String(decoding: $0, as: UTF8.self)) }
        }
    }

    func count(_ call: String) -> Int { calls.count { $0 == call } }

    func send(_ request: WebRequest, within limit: Duration) async throws -> WebReply {
        await Task.yield()
        try Task.checkCancellation()
        state.with { $0.requests.append(request) }
        switch script.current(request, state.current) {
        case nil: return state.with { answer(request, &$0) }
        case .reply(let reply): return reply
        case .done(let reply):
            _ = state.with { answer(request, &$0) }
            return reply
        case .dropped: throw WebFailure(.connection, "no answer from linode.test: connection reset by peer")
        case .doneAndDropped:
            _ = state.with { answer(request, &$0) }
            throw WebFailure(.connection, "no answer from linode.test: connection reset by peer")
        }
    }
}

extension ScriptedLinode {
    /// Adds an instance that nobody here made.
    @discardableResult
    func add(label: String, tags: [String], status: String = "running", addresses: [String] = ["192.0.2.7"]) -> Int {
        state.with { state in
            let id = state.nextID
            state.nextID += 1
            state.instances[id] = Self.instance(
                id, label: label, region: "us-central", type: "g6-nanode-1", tags: tags, status: status, addresses: addresses)
            state.tags.formUnion(tags)
            return id
        }
    }

    static func instance(_ id: Int, label: String, region: String, type: String, tags: [String], status: String, addresses: [String])
        -> Value
    {
        [
            "id": .int(id), "label": .string(label), "region": .string(region), "type": .string(type),
            "tags": .list(tags.map { .string($0) }),
            "status": .string(status), "ipv4": .list(addresses.map { .string($0) }), "created": "2026-11-23T05:01:22", "looks": 0,
        ]
    }

    static func region(_ id: String, capabilities: [String] = ["Linodes", "Metadata"], status: String = "ok") -> Value {
        ["id": .string(id), "capabilities": .list(capabilities.map { .string($0) }), "status": .string(status)]
    }

    static func image(_ id: String, capabilities: [String] = ["cloud-init"], size: Int = 2500, deprecated: Bool = false) -> Value {
        [
            "id": .string(id), "capabilities": .list(capabilities.map { .string($0) }), "size": .int(size), "deprecated": .bool(deprecated),
            "status": "available",
        ]
    }

    private static func type(
        _ id: String, _ kind: String, cores: Int, memory: Int, disk: Int, hourly: Double, monthly: Double, regional: Double? = nil
    ) -> Value {
        let prices: [Value] = regional.map { [["id": "id-cgk", "hourly": .double($0), "monthly": .double(monthly * 1.2)]] } ?? []
        return [
            "id": .string(id), "class": .string(kind), "vcpus": .int(cores), "memory": .int(memory), "disk": .int(disk),
            "gpus": .int(kind == "gpu" ? 1 : 0),
            "price": ["hourly": .double(hourly), "monthly": .double(monthly)], "region_prices": .list(prices),
        ]
    }

    /// Real types with their real prices, and one with a graphics card that must never be taken for being cheap.
    private static let types: [Value] = [
        type("g6-nanode-1", "nanode", cores: 1, memory: 1024, disk: 25600, hourly: 0.0075, monthly: 5, regional: 0.009),
        type("g6-standard-1", "standard", cores: 1, memory: 2048, disk: 51200, hourly: 0.018, monthly: 12, regional: 0.022),
        type("g6-standard-2", "standard", cores: 2, memory: 4096, disk: 81920, hourly: 0.036, monthly: 24, regional: 0.043),
        type("g6-standard-4", "standard", cores: 4, memory: 8192, disk: 163_840, hourly: 0.072, monthly: 48, regional: 0.086),
        type("g6-dedicated-4", "dedicated", cores: 4, memory: 8192, disk: 163_840, hourly: 0.108, monthly: 72),
        type("g1-gpu-test", "gpu", cores: 64, memory: 262_144, disk: 999_999, hourly: 0.001, monthly: 1),
    ]

    private func answer(_ request: WebRequest, _ state: inout State) -> WebReply {
        let path = request.path
        switch (request.method, path.first, path.dropFirst().first) {
        case ("GET", "profile", nil): return json(state.profile, state)
        case ("GET", "linode", "types"): return page(Self.types, request, state)
        case ("GET", "regions", nil): return page(state.regions, request, state)
        case ("GET", "regions", "availability"): return page(state.availability, request, state)
        case ("GET", "images", nil): return page(state.images, request, state)
        case ("GET", "account", "events"): return page(state.events, request, state)
        case ("GET", "account", "settings"): return json(state.settings, state)
        case ("GET", "account", "availability"): return page(state.accountAvailability, request, state)
        case ("GET", "networking", "firewalls"):
            return Int(path[2]).flatMap { state.firewalls[$0] }.map { json($0, state) } ?? Self.notFound
        case (_, "linode", "instances"): return instances(request, path, &state)
        case (_, "tags", let tag?): return self.tag(request, tag, &state)
        default: return WebReply(status: 500, body: Array("the scripted Linode knows no \(request.call)".utf8))
        }
    }

    private func instances(_ request: WebRequest, _ path: [String], _ state: inout State) -> WebReply {
        switch (request.method, path.count) {
        case ("POST", 2): return create(request, &state)
        case ("GET", 2): return page(filtered(state.instances.sorted { $0.key < $1.key }.map(\.value), request), request, state)
        default: break
        }
        guard path.count > 2, let id = Int(path[2]), let instance = state.instances[id] else { return Self.notFound }
        switch (request.method, path.count > 3 ? path[3] : nil) {
        case ("GET", nil):
            state.instances[id] = Self.looked(instance, until: state.looksUntilRunning)
            return json(state.instances[id] ?? instance, state)
        case ("DELETE", nil): state.instances[id] = nil
        case ("POST", "boot"): state.instances[id] = instance.with("status", "booting").with("looks", 0)
        case ("POST", "shutdown"): state.instances[id] = instance.with("status", "offline")
        default: return WebReply(status: 500)
        }
        return json([:], state)
    }

    private static func looked(_ instance: Value, until most: Int) -> Value {
        guard ["provisioning", "booting"].contains(instance["status"]?.text) else { return instance }
        let looks = Int(nearest: instance["looks"]?.number ?? 0) + 1
        return instance.with("looks", .int(looks)).with("status", looks >= most ? "running" : looks > 1 ? "booting" : "provisioning")
    }

    private func create(_ request: WebRequest, _ state: inout State) -> WebReply {
        guard let body = request.body.flatMap({ Value(json: String(decoding: $0, as: UTF8.self)) }), let label = body["label"]?.string
        else { return WebReply(status: 400) }
        if state.instances.values.contains(where: { $0["label"]?.string == label }) {
            return Self.refusal("Label must be unique among your linodes", field: "label")
        }
        let id = state.nextID
        state.nextID += 1
        var tags: [String] = []
        if case .list(let all) = body["tags"], state.keepsTags { tags = all.compactMap(\.string) }
        state.tags.formUnion(tags)
        let instance = Self.instance(
            id, label: label, region: body["region"]?.text ?? "", type: body["type"]?.text ?? "", tags: tags, status: "provisioning",
            addresses: ["192.168.140.3", "192.0.2.\(id % 250)"])
        state.instances[id] = instance
        return json(instance, state)
    }

    private func tag(_ request: WebRequest, _ tag: String, _ state: inout State) -> WebReply {
        guard state.tags.contains(tag) else { return Self.notFound }
        if request.method == "DELETE" {
            state.tags.remove(tag)
            return json([:], state)
        }
        let carriers = state.instances.values.filter { $0.tags.contains(tag) }
        return page(carriers.map { ["type": "linode", "data": $0] }, request, state)
    }

    private func filtered(_ instances: [Value], _ request: WebRequest) -> [Value] {
        guard let filter = request.headers["X-Filter"].flatMap({ Value(json: $0) }) else { return instances }
        return instances.filter { instance in
            (filter["label"].map { $0 == instance["label"] } ?? true) && (filter["tags"]?.string.map { instance.tags.contains($0) } ?? true)
        }
    }

    private func page(_ all: [Value], _ request: WebRequest, _ state: State) -> WebReply {
        let size = request.query["page_size"] ?? 100
        let number = request.query["page"] ?? 1
        let pages = max(1, (all.count + size - 1) / size)
        return json(
            [
                "data": .list(Array(all.dropFirst((number - 1) * size).prefix(size))), "page": .int(number), "pages": .int(pages),
                "results": .int(all.count),
            ], state)
    }

    private func json(_ value: Value, _ state: State) -> WebReply {
        var headers = ["Content-Type": "application/json"]
        headers["X-OAuth-Scopes"] = state.scopes
        return WebReply(status: 200, headers: headers, body: Array(value.json.utf8))
    }

    static func refusal(_ reason: String, field: String? = nil, status: Int = 400, headers: [String: String] = [:]) -> WebReply {
        let error: Value = ["reason": .string(reason), "field": field.map { .string($0) } ?? .null]
        return WebReply(status: status, headers: headers, body: Array(Value.map(["errors": [error]]).json.utf8))
    }

    static let notFound = refusal("Not found", status: 404)
}

extension WebRequest {
    /// The parts of the path below `/v4`, decoded.
    var path: [String] {
        let path = url.split(separator: "?")[0].split(separator: "/v4/", maxSplits: 1).last ?? ""
        return path.split(separator: "/").map { String($0).replacing("%2F", with: "/") }
    }

    var query: [String: Int] {
        guard let text = url.split(separator: "?").dropFirst().first else { return [:] }
        let pairs = text.split(separator: "&").map { $0.split(separator: "=") }
        return Dictionary(pairs.compactMap { pair in pair.count == 2 ? Int(pair[1]).map { (String(pair[0]), $0) } : nil }) { $1 }
    }

    var call: String { "\(method) /\(path.joined(separator: "/"))" }
}

extension Value {
    var tags: Set<String> { if case .list(let all) = self["tags"] { Set(all.compactMap(\.string)) } else { [] } }

    func with(_ key: String, _ value: Value) -> Value {
        guard case .map(var members) = self else { return self }
        members[key] = value
        return .map(members)
    }
}
