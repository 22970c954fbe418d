internal import MatrixCore

/// A fact of the hosts whose values differ between the cells with a problem and the cells that passed.
struct FactDifference {
    /// `kernel`; `server: kernel` if the hosts of a cell differ in it.
    let fact: String
    let failing: [String]
    let passing: [String]

    /// The facts that separate the cells. Those with the fewest values come first: a fact that differs in every cell explains least.
    static func all(failing: [CellResult], passing: [CellResult]) -> [FactDifference] {
        guard !failing.isEmpty, !passing.isEmpty else { return [] }
        let byRole = byRole(failing + passing)
        let bad = values(in: failing, byRole: byRole)
        let good = values(in: passing, byRole: byRole)
        let found = bad.compactMap { fact, values -> FactDifference? in
            guard let others = good[fact], values.isDisjoint(with: others) else { return nil }
            return FactDifference(fact: fact, failing: values.sorted(), passing: others.sorted())
        }
        return found.sorted { ($0.failing.count + $0.passing.count, $0.fact) < ($1.failing.count + $1.passing.count, $1.fact) }
    }

    private static func values(in cells: [CellResult], byRole: Set<String>) -> [String: Set<String>] {
        var values: [String: Set<String>] = [:]
        for cell in cells {
            let axes = Set(cell.point.map(\.value))
            for host in cell.hosts {
                // A fact that repeats an axis value tells nothing new.
                for (name, value) in host.facts where !value.isEmpty && !axes.contains(value) {
                    values[byRole.contains(name) ? "\(host.role): \(name)" : name, default: []].insert(value)
                }
            }
        }
        return values
    }

    /// The facts in which the roles of some cell differ.
    private static func byRole(_ cells: [CellResult]) -> Set<String> {
        var found: Set<String> = []
        for cell in cells where Set(cell.hosts.map(\.role)).count > 1 {
            var first: [String: String] = [:]
            for (name, value) in cell.hosts.flatMap(\.facts) where first.updateValue(value, forKey: name) ?? value != value {
                found.insert(name)
            }
        }
        return found
    }
}
