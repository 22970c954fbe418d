import MatrixCore

/// A condition on axis values, as `where:`, `when:`, `exclude:` and `--where` have it: for each axis the values that match.
struct Condition {
    /// Pairs of an axis's index and, for each of its values, whether it matches.
    private let matching: [(axis: Int, values: [Bool])]

    /// - Parameters:
    ///   - globs: alternatives by axis; an axis that is not there matches nothing.
    ///   - work: pays for the comparisons; if it is spent, nothing matches.
    init(_ globs: [(axis: String, globs: [String])], over axes: Axes, work: LoadWork) {
        matching = globs.compactMap { name, globs in
            guard let axis = axes.index(of: name) else { return nil }
            let names = Set(globs)
            let patterns = names.filter { $0.contains { $0 == "*" || $0 == "?" } }
            work.spend(lightly: axes.values[axis].count * (patterns.count * 4 + 1))
            return (
                axis,
                axes.values[axis].map { value in
                    !work.isSpent && (names.contains(value) || patterns.contains { Glob.matches($0, value) })
                }
            )
        }
    }

    /// The same as a constraint on sampled points; nil if it matches no point.
    var constraint: Pairwise.Constraint? {
        let parts = matching.map { (axis: $0.axis, values: Set(zip($0.values.indices, $0.values).filter(\.1).map(\.0))) }
        return parts.contains { $0.values.isEmpty } ? nil : parts
    }

    /// - Parameter point: the index of the value on every axis.
    func holds(at point: [Int]) -> Bool {
        matching.allSatisfy { $0.values[point[$0.axis]] }
    }
}
