public import MatrixCore
internal import Synchronization

/// A platform without machines. It records its resources, and runs a test's script for each call.
public final class ScriptedPlatform: Platform {
    /// Runs in a call before it takes effect. It may sleep or throw.
    public typealias Step = @Sendable (Resource) async throws -> Void
    /// Runs in a run's preflight before its result; it may let cells begin.
    public typealias Asking = @Sendable (_ possible: @Sendable (_ cell: String) -> Void) async -> Void

    private struct State {
        var there: [String: Resource] = [:]
        var nextID = 1
        var calls: [String] = []
        var problems: [PreflightProblem] = []
        var price: Price?
        var source: String?
        var beforeCreate: Step = { _ in }
        var afterCreate: Step = { _ in }
        var beforeReady: Step = { _ in }
        var beforeDestroy: Step = { _ in }
        var beforeRemaining: @Sendable () throws -> Void = {}
        var settleTime = Duration.zero
        var address = "127.0.0.1"
        var isSilent = false
        var alive = 0
        var mostAlive = 0
        var duringPreflight: Asking = { _ in }
        var lent: (any Transport)?
        var isClosed = false
        var evidence: @Sendable (Resource) async -> [Evidence] = { _ in [] }
        var entrances: [String] = []
        var wait: String?
        var restart = RestartWay.bySystem
    }

    public let name: String
    private let state = Mutex(State())

    public init(_ name: String = "scripted") {
        self.name = name
    }

    /// The result of `preflight`.
    public func report(_ problems: [PreflightProblem]) { state.withLock { $0.problems = problems } }
    /// What all hosts are made from.
    public func makesHosts(from source: String) { state.withLock { $0.source = source } }
    /// The price of each host.
    public func charge(_ price: Price) { state.withLock { $0.price = price } }
    /// Runs before a resource exists.
    public func beforeCreate(_ step: @escaping Step) { state.withLock { $0.beforeCreate = step } }
    /// Runs when the resource exists but the caller has no reply yet.
    public func afterCreate(_ step: @escaping Step) { state.withLock { $0.afterCreate = step } }
    /// Runs while a host boots.
    public func beforeReady(_ step: @escaping Step) { state.withLock { $0.beforeReady = step } }
    /// Runs before a resource is removed.
    public func beforeDestroy(_ step: @escaping Step) { state.withLock { $0.beforeDestroy = step } }
    /// Runs before resources are listed.
    public func beforeRemaining(_ step: @escaping @Sendable () throws -> Void) { state.withLock { $0.beforeRemaining = step } }
    /// How long a create without a reply may still take effect.
    public func settles(after time: Duration) { state.withLock { $0.settleTime = time } }
    /// What the platform calls the address of each host.
    public func reportsAddress(_ address: String) { state.withLock { $0.address = address } }
    /// Answers no question: each waits until its caller gives up.
    public func fallsSilent() { state.withLock { $0.isSilent = true } }

    private func answer() async {
        while state.withLock(\.isSilent), !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }

    /// Runs in the preflight of a run.
    public func duringPreflight(_ step: @escaping Asking) { state.withLock { $0.duringPreflight = step } }
    /// The connection that it has to every host.
    public func lend(_ transport: any Transport) { state.withLock { $0.lent = transport } }
    /// What there is to see of a host that did not come up, and the ways into it.
    public func shows(_ evidence: @escaping @Sendable (Resource) async -> [Evidence], entrances: [String] = []) {
        state.withLock { ($0.evidence, $0.entrances) = (evidence, entrances) }
    }
    /// What each host waits for while it boots.
    public func tellsWhileItBoots(_ wait: String) { state.withLock { $0.wait = wait } }
    /// How each host is restarted.
    public func restarts(_ way: RestartWay) { state.withLock { $0.restart = way } }
    public func restart(of resource: Resource) -> RestartWay { state.withLock(\.restart) }
    /// Adds a resource that somebody else made.
    public func add(_ resource: Resource) { state.withLock { $0.there[resource.name] = resource } }

    /// All existing resources.
    public var there: [Resource] { state.withLock { $0.there.values.sorted { $0.name < $1.name } } }
    /// The calls in order: `create debian12-scripted`.
    public var calls: [String] { state.withLock { $0.calls } }
    /// The largest number of hosts at one time.
    public var mostAlive: Int { state.withLock { $0.mostAlive } }

    /// Whether its connections were closed.
    public var isClosed: Bool { state.withLock { $0.isClosed } }

    public func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] {
        await answer()
        return state.withLock { $0.problems }
    }

    public func preflight(_ cells: [CellPlan], possible: @escaping @Sendable (_ cell: String) -> Void) async -> [PreflightProblem] {
        await state.withLock { $0.duringPreflight }(possible)
        return await preflight(cells)
    }

    public func connection(to resource: Resource, at endpoint: Endpoint) async throws -> (any Transport)? { state.withLock { $0.lent } }

    public func close() async { state.withLock { $0.isClosed = true } }

    public func origins(of cells: [CellPlan]) async -> [HostOrigin] {
        state.withLock(\.source).map { [HostOrigin(cells: cells.map(\.name), source: $0, reason: "the only one")] } ?? []
    }

    public func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        func resource(_ kind: String, _ name: String, host: String?) -> Resource {
            Resource(platform: self.name, kind: kind, name: "\(name)-\(run)", run: run, cell: cell.name, host: host, expires: expires)
        }
        return [[resource("network", "\(cell.name)-net", host: nil)], cell.hosts.map { resource("host", $0.name, host: $0.name) }]
    }

    public func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        let (before, after) = state.withLock { state in
            state.calls.append("create \(resource.kind) \(resource.cell)")
            return (state.beforeCreate, state.afterCreate)
        }
        try await before(resource)
        let made = state.withLock { state in
            var made = resource
            made.id = "id-\(state.nextID)"
            state.nextID += 1
            state.there[made.name] = made
            if made.host != nil { state.alive += 1 }
            state.mostAlive = max(state.mostAlive, state.alive)
            return made
        }
        try await after(made)
        return made
    }

    public func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        let step = state.withLock { state in
            state.calls.append("ready \(resource.cell)")
            return state.beforeReady
        }
        if let wait = state.withLock(\.wait) { waiting(wait) }
        try await step(resource)
        let address = state.withLock(\.address)
        return Endpoint(address: address, port: 22, user: "root", keyFile: "/key", knownHostsFile: "/known_hosts", alias: resource.name)
    }

    public func destroy(_ resource: Resource) async throws {
        let step = state.withLock { state in
            state.calls.append("destroy \(resource.kind) \(resource.cell)")
            return state.beforeDestroy
        }
        try await step(resource)
        state.withLock { state in
            if state.there.removeValue(forKey: resource.name)?.host != nil { state.alive -= 1 }
        }
    }

    public func price(of cell: CellPlan) async throws -> Price? {
        await answer()
        guard let price = state.withLock({ $0.price }) else { return nil }
        let count = Double(cell.hosts.count)
        return Price(hourly: price.hourly * count, monthly: price.monthly.map { $0 * count }, currency: price.currency)
    }

    public func price(of resource: Resource) -> Price? { resource.host == nil ? nil : state.withLock { $0.price } }

    public func remaining(of run: RunID) async throws -> [Resource] {
        await answer()
        try state.withLock { $0.beforeRemaining }()
        return there.filter { $0.run == run }
    }

    public func owned() async throws -> [Resource] {
        await answer()
        try state.withLock { $0.beforeRemaining }()
        return there
    }

    public func settleTime(of resource: Resource) async -> Duration { state.withLock { $0.settleTime } }

    public func evidence(of resource: Resource) async -> [Evidence] {
        await state.withLock { $0.evidence }(resource)
    }

    public func entrances(to resource: Resource) -> [String] { state.withLock { $0.entrances } }

    public func power(_ resource: Resource, on: Bool) async throws {
        state.withLock { $0.calls.append("power \(on ? "on" : "off") \(resource.cell)") }
    }
}
