import MatrixCore

extension Engine {
    /// Warns of resources that still cost money after the run.
    func chargeWarnings(_ kept: [Resource], _ leaks: [Leak], of plan: Plan) -> [Diagnostic] {
        let running = (kept + leaks.map(\.resource)).compactMap { resource in
            lender(of: resource)?.price(of: resource).map { (resource, Cost($0.hourly, $0.currency)) }
        }
        guard !running.isEmpty else { return [] }
        let names = running.map(\.0.name).sorted().joined(separator: ", ")
        let hint = leaks.first?.command ?? "take it down: \(ShellQuoting.join(["matrix", "destroy", plan.file]))"
        return Cost.sums(running.map(\.1)).map {
            Diagnostic(.warning, at: nil, "the resources that stay up cost \($0) an hour: \(names)", hint: hint)
        }
    }

    private func lender(of resource: Resource) -> (any Platform)? { parts.platforms[resource.platform] }
}
