/// Completes points so that no constraint forbids them.
struct Completion {
    let sizes: [Int]
    let constraints: [[(axis: Int, values: Set<Int>)]]
    let work: SamplingWork

    var isConstrained: Bool { !constraints.isEmpty }

    /// An allowed point with the values of a partial one (-1 means no value yet); nil if there is none, or if the work is spent: the search
    /// can take exponentially long.
    func complete(_ partial: [Int]) -> [Int]? {
        var point = partial
        for constraint in constraints {
            work.spend(constraint.count)
            guard !work.isSpent else { return nil }
            switch state(of: constraint, at: point) {
            case .avoided: continue
            case .forbidden: return nil
            case .open(let axes):
                // One of its free axes must take a value outside: each choice is tried.
                for axis in axes {
                    let values = constraint.first { $0.axis == axis }?.values ?? []
                    for value in 0..<sizes[axis] where !values.contains(value) {
                        point[axis] = value
                        if let whole = complete(point) { return whole }
                        point[axis] = -1
                    }
                }
                return nil
            }
        }
        return point.map { max($0, 0) }
    }

    private enum State {
        case avoided
        case forbidden
        case open([Int])
    }

    private func state(of constraint: [(axis: Int, values: Set<Int>)], at point: [Int]) -> State {
        var free: [Int] = []
        for (axis, values) in constraint {
            if point[axis] < 0 { free.append(axis) } else if !values.contains(point[axis]) { return .avoided }
        }
        return free.isEmpty ? .forbidden : .open(free)
    }
}
