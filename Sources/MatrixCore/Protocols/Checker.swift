/// Asks the checks of a cell.
public protocol Checker: Sendable {
    /// The kinds it knows.
    var declarations: [Declaration] { get }
    /// The names of the cases that a check will make, one a host, known before the run.
    func plannedCases(of check: StepPlan, in cell: CellPlan) -> [PlannedCase]
    /// Checks that every cell gets by default, before anything is deployed: does the host run the cell's system?
    func guards(for cell: CellPlan) -> [StepPlan]
    /// The verdicts on guards that the hosts' own facts already give; nil to ask the hosts.
    func verdicts(on guards: [StepPlan], in context: CellContext) -> [CaseResult]?
    /// Asks all checks, each host's together, and returns exactly the planned cases, in plan order; each is followed by the cases
    /// known only after its answer, which have its step (the tests of a script).
    ///
    /// - Parameter finished: told each case as soon as it has its verdict.
    func verify(
        _ checks: [StepPlan], in context: CellContext, finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [CaseResult]
}

extension Checker {
    public func verdicts(on guards: [StepPlan], in context: CellContext) -> [CaseResult]? { nil }
}

/// A case before it ran.
public struct PlannedCase: Sendable, Hashable {
    public var phase: Phase
    public var step: String
    public var name: String
    public var host: String?
    public var location: SourceLocation?

    public init(phase: Phase, step: String, name: String, host: String? = nil, location: SourceLocation? = nil) {
        self.phase = phase
        self.step = step
        self.name = name
        self.host = host
        self.location = location
    }

    /// This case as one that did not run.
    public func skipped(because reason: String, at date: Timestamp) -> CaseResult {
        CaseResult(
            phase: phase, step: step, name: name, outcome: .skipped, started: date, seconds: 0, message: reason, location: location,
            host: host)
    }
}
