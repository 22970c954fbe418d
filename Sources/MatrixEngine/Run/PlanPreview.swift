public import MatrixCore

/// What would happen to a plan's cells, without creating anything: for `matrix plan`.
public struct PlanPreview: Sendable {
    /// One cell.
    public struct Cell: Sendable {
        public var plan: CellPlan
        /// How long it took in the past, in seconds; nil if it never ran.
        public var expected: Double?
        /// Why it cannot run here, and what to do; nil if it can.
        public var refusal: String?
        /// What is made before its hosts: `the image of debian12 is built first`; nil if nothing is.
        public var preparation: String?
        /// What its hosts cost while they exist; nil if they are free or the price is unknown.
        public var price: Price?

        /// A cell of which only the file's part is known.
        public init(plan: CellPlan) { self.plan = plan }

        init(plan: CellPlan, expected: Double?, refusal: String?, price: Price?) {
            self.plan = plan
            self.expected = expected
            self.refusal = refusal
            self.price = price
        }

        /// Its expected cost: at least one begun hour.
        public var cost: Cost? { price?.cost(of: expected ?? 0) }
    }

    /// What was found before anything is created.
    public struct Findings: Sendable {
        /// All cells in plan order.
        public var cells: [Cell]
        /// Warnings of the platforms; they refuse no cell.
        public var warnings: [Diagnostic]
        /// What the hosts of cells would be made from.
        public var origins: [Origin]

        public init(cells: [Cell], warnings: [Diagnostic], origins: [Origin]) {
            self.cells = cells
            self.warnings = warnings
            self.origins = origins
        }
    }

    /// What the hosts of some cells of a platform would be made from.
    public struct Origin: Sendable {
        public var platform: String
        public var source: HostOrigin
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
    func cells() async -> [Cell] {
        await findings(estimate: CostEstimate.of(plan, platforms: platforms)).cells
    }

    /// Every platform's preflight, with an existing estimate of the costs.
    public func findings(estimate: CostEstimate) async -> Findings {
        let findings = await Preflight(plan: plan, platforms: platforms).run()
        for platform in platforms.values { await platform.close() }
        let expected = await ExpectedTimes.of(plan, in: ledger).seconds
        let cells = plan.cells.map { cell in
            let refusal = findings.refusals[cell.name].map { refusal in
                [refusal.isSkipped ? "skipped: \(refusal.message)" : refusal.message, refusal.next].compactMap(\.self).joined(
                    separator: "; ")
            }
            return Cell(plan: cell, expected: expected[cell.name], refusal: refusal, price: estimate.prices[cell.name])
        }
        let origins = await origins(of: cells.filter { $0.refusal == nil }.map(\.plan))
        let prepared = cells.map { cell in
            var cell = cell
            let own = origins.filter { $0.platform == cell.plan.platform && $0.source.cells.contains(cell.plan.name) }
            cell.preparation = own.lazy.compactMap(\.source.preparation).first
            return cell
        }
        return Findings(cells: prepared, warnings: findings.warnings, origins: origins)
    }

    private func origins(of cells: [CellPlan]) async -> [Origin] {
        let names = Set(cells.map(\.platform)).sorted()
        return await mapConcurrently(names, limit: max(1, names.count)) { name -> [Origin] in
            let origins = try? await answered(within: QuestionLimit.prices) {
                await platforms[name]?.origins(of: cells.filter { $0.platform == name }) ?? []
            }
            return (origins ?? []).map { Origin(platform: name, source: $0) }
        }.flatMap(\.self)
    }
}
