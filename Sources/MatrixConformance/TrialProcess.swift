internal import MatrixCore

/// A process of a case: a run, the drivers that it made, and its line to the outside. It does with resources what the engine does.
struct TrialProcess: Sendable {
    let run: RunID
    let cell: CellPlan
    let harness: any ConformanceHarness
    let line: OutsideLine
    private let drivers: [String: any Platform]
    let platform: any Platform

    /// How long the suite's resources may live, should it be killed.
    private static let lifetime = Duration.seconds(4 * 3600)

    /// Makes the drivers; nothing outside is asked.
    init(_ harness: any ConformanceHarness, run: RunID, cell: CellPlan, strike: Strike?) async throws {
        line = OutsideLine(strike)
        drivers = try await harness.drivers(of: run, through: line)
        guard let platform = drivers[harness.platform] else {
            throw UsageError("the harness makes no platform \(harness.platform)")
        }
        self.run = run
        self.cell = cell
        self.harness = harness
        self.platform = platform
    }

    /// What its cell needs, in stages.
    func intents() -> [[Resource]] { platform.resources(for: cell, run: run, expires: (run.began ?? .now) + Self.lifetime) }

    // MARK: - Creating

    func create() async throws -> [Resource] {
        try await create(intents())
    }

    /// Creates resources as the engine does: the intent is on the ledger before each create, the id after it.
    func create(_ stages: [[Resource]]) async throws -> [Resource] {
        try await withDeadline(harness.patience) {
            try await platform.reserve(cell, run: run, expires: stages.first?.first?.expires) { _ in }
            try await platform.prepare(cell) { _ in }
            var made: [Resource] = []
            for resource in stages.joined() {
                let lease = try await harness.ledger.intend(resource)
                let created = try await platform.create(resource, for: cell)
                try line.requireLife()
                try await harness.ledger.created(lease, created)
                made.append(created)
            }
            return made
        }
    }

    /// Waits for a host, and says how it is reached.
    func ready(_ resource: Resource) async throws -> Endpoint {
        try await withDeadline(harness.patience) { try await platform.ready(resource, for: cell) { _ in } }
    }

    // MARK: - Removing

    /// Destroys resources in the reverse order of their creation.
    func destroy(_ resources: [Resource]) async throws {
        for resource in resources.reversed() {
            try await withDeadline(harness.patience) { try await driver(of: resource).destroy(resource) }
            try line.requireLife()
            for lease in try await harness.ledger.open() where lease.resource.run == run && lease.resource.name == resource.name {
                if lease.resource.kind == resource.kind { try await harness.ledger.destroyed(lease.id) }
            }
        }
    }

    // MARK: - Looking

    /// What the platforms list of a run.
    func remaining(of run: RunID) async throws -> [Resource] {
        var found: [Resource] = []
        for name in drivers.keys.sorted() {
            guard let driver = drivers[name] else { continue }
            found += try await driver.remaining(of: run, within: harness.patience)
        }
        return found
    }

    /// What the platforms list of all runs.
    func owned() async throws -> [Resource] {
        var found: [Resource] = []
        for name in drivers.keys.sorted() {
            guard let driver = drivers[name] else { continue }
            found += try await driver.owned(within: harness.patience)
        }
        return found
    }

    func driver(named name: String) -> (any Platform)? { drivers[name] }

    /// A resource may belong to a lender.
    func driver(of resource: Resource) -> any Platform { drivers[resource.platform] ?? platform }
}
