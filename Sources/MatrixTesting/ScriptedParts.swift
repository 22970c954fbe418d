public import MatrixCore
internal import Synchronization

/// Makes no connection: every host gets a new ``ScriptedTransport``.
public struct ScriptedConnector: Connector {
    private let step: @Sendable (Endpoint) async throws -> Void

    /// - Parameter step: runs before the connection exists. It may sleep or throw.
    public init(_ step: @escaping @Sendable (Endpoint) async throws -> Void = { _ in }) {
        self.step = step
    }

    public func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport {
        try await step(endpoint)
        return ScriptedTransport()
    }
}

/// Provisions nothing. Runs a test's script first.
public struct ScriptedProvisioner: Provisioner {
    private let step: @Sendable (Host) async throws -> Void

    public init(_ step: @escaping @Sendable (Host) async throws -> Void = { _ in }) {
        self.step = step
    }

    public func provision(
        _ host: Host, of cell: CellPlan, peers: [Host], log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [String: String] {
        try await step(host)
        return ["os": cell.os.name]
    }
}

/// A deployer of kind `scripted`, or another kind, that does what a test says.
public struct ScriptedDeployer: Deployer {
    public typealias Work = @Sendable (StepPlan, CellContext) async throws -> [CaseResult]

    public let declaration: Declaration
    private let work: Work

    public init(_ kind: String = "scripted", _ work: @escaping Work) {
        declaration = Declaration(kind: kind, subject: .any, summary: "does what a test says", example: "\(kind): {}")
        self.work = work
    }

    public func deploy(
        _ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [CaseResult] {
        try await work(step, context)
    }

    /// One case of a step, with an outcome.
    public static func result(_ step: StepPlan, _ outcome: Outcome, _ message: String? = nil) -> CaseResult {
        CaseResult(
            phase: .deploy, step: step.name, name: step.name, outcome: outcome, started: .now, seconds: 0, message: message,
            detail: message,
            type: outcome == .passed ? nil : "matrix.deploy.scripted")
    }
}

/// A checker with the test's verdicts by the check's name. A check without a verdict fails.
public struct ScriptedChecker: Checker {
    public typealias Verdict = @Sendable (StepPlan, CellContext) async throws -> Outcome

    public let declarations: [Declaration] = []
    private let verdict: Verdict
    private let guardNames: [String]

    public init(guards: [String] = [], _ verdict: @escaping Verdict) {
        guardNames = guards
        self.verdict = verdict
    }

    public func guards(for cell: CellPlan) -> [StepPlan] {
        guardNames.map { StepPlan(name: $0, kind: "os", options: Document(.null, at: SourceLocation(file: "test", line: 1, column: 1))) }
    }

    public func plannedCases(of check: StepPlan, in cell: CellPlan) -> [PlannedCase] {
        [PlannedCase(phase: .verify, step: "verify", name: check.name, location: check.location)]
    }

    public func verify(
        _ checks: [StepPlan], in context: CellContext, finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [CaseResult] {
        var results: [CaseResult] = []
        for check in checks {
            let outcome = try await verdict(check, context)
            let bad = outcome == .passed ? nil : "expected pass, observed \(outcome.rawValue)"
            let result = CaseResult(
                phase: .verify, step: "verify", name: check.name, outcome: outcome, started: .now, seconds: 0, message: bad, detail: bad,
                type: bad.map { _ in "matrix.check.scripted" }, location: check.location)
            finished(result)
            results.append(result)
        }
        return results
    }
}

/// Returns the path of an inventory file, but writes none.
public struct ScriptedInventory: InventoryWriter {
    public init() {}

    public func write(_ cell: CellPlan, hosts: [Host], run: RunID, to directory: String) throws -> String { "\(directory)/inventory.yml" }
}
