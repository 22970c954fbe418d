import MatrixConformance
import MatrixCore
import MatrixTesting
import MatrixWeb
import Synchronization

/// A server of hosts: they have names, which need not be unique, and tags.
final class TinyCloud: WebTransport {
    struct Thing: Sendable, Hashable {
        var name: String
        var tags: [String]
        var cores: Int
        var memory: Int
        var isOn = true
    }

    private struct State {
        var things: [Int: Thing] = [:]
        var nextID = 1

        mutating func add(_ thing: Thing) -> Int {
            defer { nextID += 1 }
            things[nextID] = thing
            return nextID
        }
    }

    private let state = Mutex(State())

    var things: [Int: Thing] { state.withLock { $0.things } }
    func put(_ thing: Thing) { state.withLock { _ = $0.add(thing) } }

    func removeStrangers() {
        state.withLock { state in state.things = state.things.filter { !$0.value.tags.contains("somebody's") } }
    }

    func send(_ request: WebRequest, within limit: Duration) async throws -> WebReply {
        await Task.yield()
        let body = request.body.flatMap { Value(json: String(decoding: $0, as: UTF8.self)) } ?? .null
        return state.withLock { state -> WebReply in
            let id = Int(request.url.split(separator: "/").last ?? "") ?? 0
            switch request.method {
            case "GET": return Self.reply(["things": .list(state.things.sorted { $0.key < $1.key }.map(Self.value))])
            case "POST": return Self.reply(["id": .int(state.add(Self.thing(body)))])
            case "PUT":
                if case .list(let tags)? = body["tags"] { state.things[id]?.tags = tags.compactMap(\.string) }
                if case .bool(let isOn)? = body["on"] { state.things[id]?.isOn = isOn }
                return Self.reply(["id": .int(id)])
            default:
                state.things[id] = nil
                return Self.reply(["id": .int(id)])
            }
        }
    }

    private static func thing(_ body: Value) -> Thing {
        Thing(
            name: body["name"]?.string ?? "", tags: (body["tags"]?.elements ?? []).compactMap(\.string),
            cores: Int(nearest: body["cores"]?.number ?? 0), memory: Int(nearest: body["memory"]?.number ?? 0))
    }

    private static func value(_ id: Int, _ thing: Thing) -> Value {
        ["id": .int(id), "name": .string(thing.name), "tags": .list(thing.tags.map { .string($0) }), "on": .bool(thing.isOn)]
    }

    private static func reply(_ value: Value) -> WebReply { WebReply(status: 200, body: Array(value.json.utf8)) }
}

/// What a driver can get wrong.
enum Flaw: String, CaseIterable, Sendable {
    case adoptsByName, createsAgain, tagsLater, believesDestroys, failsOnAbsence, readsNonsense, listsEverything, ignoresExpiry
    case destroysByName, hasNoPrice, staysOff, ignoresSize, cannotCreate

    /// A promise that a driver with this flaw breaks.
    var breaks: Promise {
        switch self {
        case .adoptsByName: .adoption
        case .createsAgain: .lostReply
        case .tagsLater: .interruption
        case .believesDestroys, .failsOnAbsence: .absence
        case .readsNonsense: .hostileAnswers
        case .listsEverything: .listing
        case .ignoresExpiry: .expiry
        case .destroysByName: .strangers
        case .hasNoPrice: .price
        case .staysOff: .power
        case .ignoresSize: .size
        case .cannotCreate: .life
        }
    }
}

/// A driver of the tiny cloud, good but for a flaw.
struct TinyPlatform: Platform {
    let name = "tiny"
    let web: any WebTransport
    let flaw: Flaw?

    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] { [] }
    func settleTime(of resource: Resource) async -> Duration { .zero }

    func price(of cell: CellPlan) async throws -> Price? {
        flaw == .hasNoPrice ? nil : Price(hourly: 0.01, currency: "USD")
    }

    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        [
            cell.hosts.map { host in
                Resource(
                    platform: name, kind: "host", name: "\(host.name)-\(run)", run: run, cell: cell.name, host: host.name, expires: expires)
            }
        ]
    }

    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        if flaw == .cannotCreate { throw InfrastructureError("create", why: "no room", isTransient: false) }
        var made = resource
        for _ in 1...2 {
            if flaw != .createsAgain, let found = try await self.found(resource) {
                made.id = found
                return made
            }
            do {
                made.id = try await post(resource, cell)
                return made
            } catch is WebFailure { continue }
        }
        throw InfrastructureError("create", why: "no answer")
    }

    private func found(_ resource: Resource) async throws -> String? {
        let tag = Resource.Tag.run(resource.run)
        return try await things().first { $0.name == resource.name && (flaw == .adoptsByName || $0.tags.contains(tag)) }?.id
    }

    private func post(_ resource: Resource, _ cell: CellPlan) async throws -> String {
        var tags = [Resource.Tag.owner, Resource.Tag.run(resource.run)]
        if let date = resource.expires, flaw != .ignoresExpiry { tags.append(Resource.Tag.expires(date)) }
        let size = flaw == .ignoresSize ? HostSize() : cell.hosts.first?.size ?? HostSize()
        let all = Value.list(tags.map { .string($0) })
        let answer = try await ask(
            "POST", "/things",
            [
                "name": .string(resource.name), "tags": flaw == .tagsLater ? [] : all, "cores": .int(size.cores ?? 1),
                "memory": .int(size.memory ?? 1 << 30),
            ])
        guard case .int(let id)? = answer["id"] else { throw InfrastructureError("create", why: "no id") }
        if flaw == .tagsLater { _ = try await ask("PUT", "/things/\(id)", ["tags": all]) }
        return "\(id)"
    }

    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        guard try await things().contains(where: { $0.id == resource.id && $0.isOn }) else {
            throw InfrastructureError(resource.name, why: "it is off or gone", isTransient: false)
        }
        return Endpoint(address: "192.0.2.1", user: "root", keyFile: "/key", knownHostsFile: "/known", alias: resource.name)
    }

    func destroy(_ resource: Resource) async throws {
        let tag = Resource.Tag.run(resource.run)
        let found = try await things().filter { $0.name == resource.name && (flaw == .destroysByName || $0.tags.contains(tag)) }
        if found.isEmpty, flaw == .failsOnAbsence { throw InfrastructureError("destroy", why: "not found", isTransient: false) }
        for thing in found { _ = try await ask("DELETE", "/things/\(thing.id)", .null) }
        guard flaw != .believesDestroys else { return }
        let left = try await things().contains { $0.name == resource.name && $0.tags.contains(tag) }
        if left { throw InfrastructureError("destroy", why: "it is still there") }
    }

    func remaining(of run: RunID) async throws -> [Resource] {
        let all = try await owned()
        return flaw == .listsEverything ? all : all.filter { $0.run == run }
    }

    func owned() async throws -> [Resource] {
        try await things().compactMap { thing in
            guard thing.tags.contains(Resource.Tag.owner), let run = thing.tags.first(where: { $0.hasPrefix("solti-matrix-run-") }) else {
                return nil
            }
            let expires = thing.tags.first { $0.hasPrefix("solti-matrix-expires-") }.flatMap { Timestamp(tag: String($0.dropFirst(21))) }
            return Resource(
                platform: name, kind: "host", name: thing.name, id: thing.id, run: RunID(String(run.dropFirst(17))), cell: "",
                expires: expires)
        }
    }

    func power(_ resource: Resource, on: Bool) async throws {
        if on, flaw == .staysOff { return }
        _ = try await ask("PUT", "/things/\(resource.id)", ["on": .bool(on)])
    }

    // MARK: - Requests

    private func things() async throws -> [(id: String, name: String, tags: [String], isOn: Bool)] {
        let answer: Value
        do { answer = try await ask("GET", "/things", .null) } catch {
            guard flaw == .readsNonsense else { throw error }
            return []
        }
        guard case .list(let all)? = answer["things"] else {
            if flaw == .readsNonsense { return [] }
            throw InfrastructureError("the list", why: "it is none")
        }
        return all.map { thing in
            (
                thing["id"]?.text ?? "", thing["name"]?.string ?? "", (thing["tags"]?.elements ?? []).compactMap(\.string),
                thing["on"] == .bool(true)
            )
        }
    }

    private func ask(_ method: String, _ path: String, _ body: Value) async throws -> Value {
        let request = WebRequest(method, "https://tiny.test\(path)", body: Array(body.json.utf8))
        let reply = try await web.send(request, within: .seconds(5))
        // An empty success is one, as of many servers: so that `believesDestroys` has something to believe.
        if reply.body.isEmpty { return .null }
        guard let value = Value(json: reply.text) else { throw InfrastructureError(path, why: "the answer is not JSON") }
        return value
    }
}

/// The tiny cloud's harness.
final class TinyHarness: ConformanceHarness {
    let platform = "tiny"
    let promises: Promises
    let ledger: any Ledger = MemoryLedger()
    let patience = Duration.seconds(2)
    let cloud = TinyCloud()
    private let flaw: Flaw?

    init(_ flaw: Flaw? = nil, promises: Promises = Promises()) {
        self.flaw = flaw
        self.promises = promises
    }

    func record(of run: RunID) -> RunRecord {
        let owner = Owner(pid: 1, startTicks: 1, boot: "boot", machine: "tiny")
        return RunRecord(
            run: run, matrix: "tiny", file: "/tiny.yml", started: .now, owner: owner, platforms: ["tiny": "{}"], reports: "")
    }

    func cell(_ name: String, size: HostSize) -> CellPlan {
        let os = OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"))
        return CellPlan(name: name, point: [], os: os, platform: "tiny", hosts: [HostPlan(name: name, size: size)])
    }

    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform] {
        ["tiny": TinyPlatform(web: line.web(cloud), flaw: flaw)]
    }

    func inventory() async throws -> [String: String]? {
        Dictionary(cloud.things.map { ("\($0.key) \($0.value.name)", "\($0.value)") }) { first, _ in first }
    }

    func putStranger(named resource: Resource) async throws -> Bool {
        cloud.put(TinyCloud.Thing(name: resource.name, tags: ["somebody's"], cores: 1, memory: 1))
        return true
    }

    func size(of resource: Resource) async throws -> HostSize? {
        cloud.things[Int(resource.id) ?? 0].map { HostSize(cores: $0.cores, memory: $0.memory) }
    }

    func tidy() async throws { cloud.removeStrangers() }
}
