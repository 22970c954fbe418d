public import MatrixCore
internal import Synchronization

/// Counts a run's calls to the outside, and kills the run at one of them.
public final class Outage: Sendable {
    private struct State {
        var calls = 0
        var isDead = false
    }

    private let moment: Int
    private let strike: @Sendable () async -> Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - moment: the number of the call at which the run dies.
    ///   - strike: what happens then. Returns true if the run cannot reach the outside from then on, as after SIGKILL.
    public init(at moment: Int, _ strike: @escaping @Sendable () async -> Bool) {
        self.moment = moment
        self.strike = strike
    }

    /// Whether it happened.
    public var hasStruck: Bool { state.withLock { $0.calls >= moment } }

    /// Called before everything that reaches the outside.
    /// - Throws: if the run is dead.
    public func pulse() async throws {
        let calls = state.withLock { state in
            state.calls += 1
            return state.calls
        }
        if calls == moment, await strike() { state.withLock { $0.isDead = true } }
        if state.withLock({ $0.isDead }) { throw InfrastructureError("the process", why: "it was killed", isTransient: false) }
    }
}

/// A ledger that a dead run cannot reach any more.
public struct MortalLedger: Ledger {
    private let ledger: any Ledger
    private let outage: Outage

    public init(_ ledger: any Ledger, _ outage: Outage) {
        self.ledger = ledger
        self.outage = outage
    }

    public func begin(_ run: RunRecord) async throws { try await alive { try await $0.begin(run) } }
    public func end(_ run: RunID, exitStatus: ExitStatus) async throws { try await alive { try await $0.end(run, exitStatus: exitStatus) } }
    public func intend(_ resource: Resource) async throws -> LeaseID { try await alive { try await $0.intend(resource) } }
    public func created(_ lease: LeaseID, _ resource: Resource) async throws { try await alive { try await $0.created(lease, resource) } }
    public func reachable(_ lease: LeaseID, at endpoint: Endpoint) async throws {
        try await alive { try await $0.reachable(lease, at: endpoint) }
    }
    public func destroyed(_ lease: LeaseID) async throws { try await alive { try await $0.destroyed(lease) } }
    public func leaked(_ lease: LeaseID, why: String) async throws { try await alive { try await $0.leaked(lease, why: why) } }
    public func keep(_ lease: LeaseID) async throws { try await alive { try await $0.keep(lease) } }
    public func absent(_ lease: LeaseID) async throws -> Timestamp { try await alive { try await $0.absent(lease) } }
    public func record(_ record: PhaseRecord, of cell: String, in run: RunID) async throws {
        try await alive { try await $0.record(record, of: cell, in: run) }
    }
    public func progress(of run: RunID) async throws -> [String: [PhaseRecord]] { try await ledger.progress(of: run) }
    public func open() async throws -> [Lease] { try await ledger.open() }
    public func unfinishedRuns() async throws -> [RunRecord] { try await ledger.unfinishedRuns() }
    public func run(_ run: RunID) async throws -> RunRecord? { try await ledger.run(run) }
    public func remember(_ result: RunResult) async throws { try await alive { try await $0.remember(result) } }
    public func expectedDurations(matrix: String, cells: [String]) async throws -> [String: [Phase: Double]] { [:] }

    private func alive<R>(_ work: (any Ledger) async throws -> R) async throws -> R {
        try await outage.pulse()
        return try await work(ledger)
    }
}

/// A platform that a dead run cannot reach any more. Its earlier requests may still take effect.
public struct MortalPlatform: Platform {
    private let platform: any Platform
    private let outage: Outage?
    private let settles: Duration?

    /// - Parameters:
    ///   - outage: nil if no run dies.
    ///   - settles: how long a create without a reply may still take effect, if a test's platform is quicker than a real one.
    public init(_ platform: any Platform, _ outage: Outage? = nil, settles: Duration? = nil) {
        self.platform = platform
        self.outage = outage
        self.settles = settles
    }

    public var name: String { platform.name }
    public var hostsLiveOn: Bool { platform.hostsLiveOn }
    public func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] { [] }

    public func reserve(_ cell: CellPlan, run: RunID, expires: Timestamp?, waiting: @escaping @Sendable (String) -> Void) async throws {
        try await outage?.pulse()
        try await platform.reserve(cell, run: run, expires: expires, waiting: waiting)
    }

    public func prepare(_ cell: CellPlan, progress: @escaping @Sendable (String) -> Void) async throws {
        try await outage?.pulse()
        try await platform.prepare(cell, progress: progress)
    }

    public func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        platform.resources(for: cell, run: run, expires: expires)
    }

    public func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        try await outage?.pulse()
        let made = try await platform.create(resource, for: cell)
        try await outage?.pulse()
        return made
    }

    public func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        try await outage?.pulse()
        return try await platform.ready(resource, for: cell, waiting: waiting)
    }

    public func connection(to resource: Resource, at endpoint: Endpoint) async throws -> (any Transport)? {
        try await outage?.pulse()
        return try await platform.connection(to: resource, at: endpoint)
    }

    public func close() async { await platform.close() }

    public func destroy(_ resource: Resource) async throws {
        try await outage?.pulse()
        try await platform.destroy(resource)
        try await outage?.pulse()
    }

    public func remaining(of run: RunID) async throws -> [Resource] {
        try await outage?.pulse()
        return try await platform.remaining(of: run)
    }

    public func owned() async throws -> [Resource] { try await platform.owned() }
    public func power(_ resource: Resource, on: Bool) async throws { try await platform.power(resource, on: on) }
    public func price(of cell: CellPlan) async throws -> Price? { try await platform.price(of: cell) }
    public func price(of resource: Resource) -> Price? { platform.price(of: resource) }
    public func settleTime(of resource: Resource) async -> Duration {
        if let settles { settles } else { await platform.settleTime(of: resource) }
    }
}
