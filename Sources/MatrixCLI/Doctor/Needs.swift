import MatrixCore

/// What a matrix needs on the runner: the drivers of its platforms and the kinds of its steps.
struct Needs: Sendable {
    var drivers: Set<String> = []
    var kinds: Set<String> = []
    /// Whether an Ansible inventory names the hosts of a pool.
    var readsInventory = false

    init(_ plan: Plan) {
        drivers = Set(plan.platforms.values.map(\.driver))
        for cell in plan.cells {
            let steps: [StepPlan] = cell.deploy + cell.verify + cell.finally
            kinds.formUnion(steps.filter { $0.skipped == nil }.map(\.kind))
        }
        readsInventory = plan.platforms.values.contains { $0.driver == "static" && $0.options["inventory"] != nil }
    }

    init() {}
}
