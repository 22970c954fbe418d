public import MatrixCore
public import MatrixEngine

/// A rehearsal: the real engine with parts that only wait, to try limits, orders and reports in seconds.
///
/// Nothing outside is touched, no secret is read, and the result says of itself that it is simulated.
public struct Simulation: Sendable {
    private let scenario: Scenario
    private let world: SimulatedWorld
    private let ledger: SimulatedLedger

    /// - Parameter history: what cells took in the past, in seconds by phase.
    public init(_ scenario: Scenario = Scenario(), history: [String: [Phase: Double]] = [:]) {
        self.scenario = scenario
        world = SimulatedWorld(scenario, history: history)
        ledger = SimulatedLedger()
    }

    /// The plan with all time limits sped up like the rest.
    public func plan(_ plan: Plan) -> Plan {
        var plan = plan
        plan.name = "\(plan.name) (simulated)"
        plan.warnings.append(
            Diagnostic(
                .warning, at: nil, "this run is simulated: no host was made and no check ran",
                hint: "the times shown are \(Self.text(scenario.speed)) times the real ones"))
        for index in plan.cells.indices { speedUp(&plan.cells[index]) }
        return plan
    }

    /// The parts of a run, with everything that reaches outside replaced.
    ///
    /// - Parameters:
    ///   - deployers: the kinds that there are; only what they declare is used.
    ///   - checker: plans the cases; it runs none.
    ///   - ledger: where leases go; nil for memory, so that nothing of the rehearsal is kept.
    public func parts(
        of plan: Plan, deployers: [Declaration], checker: any Checker, inventory: any InventoryWriter, events: any EventSink,
        redactor: Redactor, ledger: (any Ledger)? = nil
    ) -> EngineDependencies {
        let platforms = Set(plan.cells.map(\.platform)).map { ($0, SimulatedPlatform($0, world: world)) }
        return EngineDependencies(
            platforms: Dictionary(platforms) { $1 }, ledger: ledger ?? self.ledger, connector: SimulatedConnector(),
            provisioner: SimulatedProvisioner(world: world),
            deployers: deployers.map { SimulatedDeployer(declaration: $0, world: world) },
            checker: SimulatedChecker(real: checker, world: world), inventory: inventory, events: events, redactor: redactor,
            secrets: plan.secrets.mapValues { _ in "simulated" })
    }

    /// The result with its times as in reality.
    public func result(_ result: RunResult) -> RunResult {
        Stretching(start: result.started, factor: scenario.speed).stretched(result)
    }

    private func speedUp(_ cell: inout CellPlan) {
        for phase in Phase.allCases { cell.timeouts[phase] = fast(cell.timeouts[phase]) }
        for list in [\CellPlan.deploy, \.verify, \.finally] {
            for index in cell[keyPath: list].indices { cell[keyPath: list][index].timeout = cell[keyPath: list][index].timeout.map(fast) }
        }
    }

    /// Not below what the harness itself may need.
    private func fast(_ limit: Duration) -> Duration { .bounded(seconds: max(1, limit.inSeconds / scenario.speed)) }

    private static func text(_ speed: Double) -> String {
        Int(exactly: speed).map { "\($0)" } ?? "\(speed)"
    }
}

/// Connects to nothing: a simulated host runs no command.
struct SimulatedConnector: Connector {
    func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport { NoTransport() }

    private struct NoTransport: Transport {
        func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult { throw refusal }
        func upload(_ local: String, to remote: String) async throws { throw refusal }
        func download(_ remote: String, to local: String) async throws { throw refusal }
        func forward(to host: String, port: Int) async throws -> Int { throw refusal }
        func commandLine(for command: Command) -> String { command.display }
        func close() async {}

        private var refusal: InfrastructureError {
            InfrastructureError("a command on a simulated host", why: "there is no host", isTransient: false)
        }
    }
}

/// Provisions nothing: waits as long as the phase takes.
struct SimulatedProvisioner: Provisioner {
    let world: SimulatedWorld

    func provision(
        _ host: Host, of cell: CellPlan, peers: [Host], log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [String: String] {
        try await world.pass(.provision, of: cell.name)
        if let fault = world.fault(in: .provision, of: cell.name) { throw fault.error("provisioning \(host.name)") }
        return ["os.name": cell.os.name, "simulated": "yes"]
    }
}
