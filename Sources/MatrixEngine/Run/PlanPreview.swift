public import MatrixCore

/// What would become of a plan's cells, without creating anything: for `matrix plan`.
public struct PlanPreview: Sendable {
    /// One cell.
    public struct Cell: Sendable {
        public var plan: CellPlan
        /// How long it took in the past, in seconds; nil where it never ran.
        public var expected: Double?
        /// Why it cannot run here, and what to do; nil where it can.
        public var refusal: String?
        /// What its hosts cost while they are there; nil where nothing is charged, or nobody knows.
        public var price: Price?

        /// What it is expected to cost: at least a begun hour.
        public var cost: Cost? { price?.cost(of: expected ?? 0) }
    }

    /// What was found before anything is created.
    public struct Findings: Sendable {
        /// All cells in plan order.
        public var cells: [Cell]
        /// What the platforms warn of; no cell is refused for it.
        public var warnings: [Diagnostic]
    }

    private let plan: Plan
    private let platforms: [String: any Platform]
    private let ledger: any Ledger

    public init(_ plan: Plan, platforms: [String: any Platform], ledger: any Ledger) {
        self.plan = plan
        self.platforms = platforms
        self.ledger = ledger
    }

    /// All cells in plan order, after every platform's preflight.
    public func cells() async -> [Cell] {
        await findings(estimate: CostEstimate.of(plan, platforms: platforms)).cells
    }

    /// Every platform's preflight, with an estimate of the costs that was made already.
    public func findings(estimate: CostEstimate) async -> Findings {
        let findings = await Preflight(plan, platforms: platforms).run()
        let expected = await ExpectedTimes.of(plan, in: ledger).seconds
        let cells = plan.cells.map { cell in
            let refusal = findings.refusals[cell.name].map { refusal in
                [refusal.isSkipped ? "skipped: \(refusal.message)" : refusal.message, refusal.next].compactMap(\.self).joined(separator: "; ")
            }
            return Cell(plan: cell, expected: expected[cell.name], refusal: refusal, price: estimate.prices[cell.name])
        }
        return Findings(cells: cells, warnings: findings.warnings)
    }
}
