import MatrixCore

/// A set of points that may be changed, with how often each pair is covered.
struct Coverage {
    /// A change: another value on one axis of one point.
    struct Change {
        var point: Int
        var axis: Int
        var value: Int
    }

    private(set) var points: [[Int]]
    private let starts: [Int]
    private let total: Int
    /// How many points have a pair; -1 for one that no allowed point can have. By the places of its two values, the smaller first.
    private var counts: [Int]
    private var open: [Int] = []
    private var openAt: [Int: Int] = [:]

    /// - Parameter pairs: the table of all pairs that must be covered.
    init(points: [[Int]], pairs: PairTable) {
        self.points = points
        starts = pairs.starts
        total = pairs.width
        counts = [Int](repeating: -1, count: total * total)
        for pair in pairs.possible { counts[index(pair.firstAxis, pair.firstValue, pair.secondAxis, pair.secondValue)] = 0 }
        for key in counts.indices where counts[key] == 0 { add(open: key) }
        for point in points { count(point, 1) }
    }

    /// How many axes there are.
    var width: Int { starts.count }
    var uncovered: Int { open.count }

    /// One number for an axis of a point.
    func place(_ point: Int, _ axis: Int) -> Int { point * width + axis }

    private func index(_ first: Int, _ firstValue: Int, _ second: Int, _ secondValue: Int) -> Int {
        let (one, two) = (starts[first] + firstValue, starts[second] + secondValue)
        return min(one, two) * total + max(one, two)
    }

    /// Removes the point that alone covers the fewest pairs.
    mutating func removeLeastNeeded() {
        let own = points.map { point in
            point.indices.reduce(0) { sum, first in
                sum + point.indices.count { $0 > first && counts[index(first, point[first], $0, point[$0])] == 1 }
            }
        }
        let least = own.indices.min { own[$0] < own[$1] } ?? 0
        count(points.remove(at: least), -1)
    }

    func anyUncovered(using generator: inout SampleGenerator) -> Int {
        open[Int(generator.next(upperBound: UInt(open.count)))]
    }

    /// The changes that give a point this pair.
    func changes(in point: Int, for pair: Int) -> [Change] {
        [pair / total, pair % total].map { place in
            let axis = starts.lastIndex { $0 <= place } ?? 0
            return Change(point: point, axis: axis, value: place - starts[axis])
        }.filter { points[point][$0.axis] != $0.value }
    }

    /// How many more pairs are uncovered after changes of one point; negative if fewer are.
    func loss(of changes: [Change]) -> Int {
        guard let number = changes.first?.point else { return 0 }
        let old = points[number]
        var new = old
        for change in changes { new[change.axis] = change.value }
        var loss = 0
        for (position, change) in changes.enumerated() {
            for other in old.indices where other != change.axis && !changes[..<position].contains(where: { $0.axis == other }) {
                if counts[index(change.axis, old[change.axis], other, old[other])] == 1 { loss += 1 }
                if counts[index(change.axis, new[change.axis], other, new[other])] == 0 { loss -= 1 }
            }
        }
        return loss
    }

    mutating func set(_ change: Change) {
        let old = points[change.point]
        for other in old.indices where other != change.axis {
            add(-1, to: index(change.axis, old[change.axis], other, old[other]))
            add(1, to: index(change.axis, change.value, other, old[other]))
        }
        points[change.point][change.axis] = change.value
    }

    private mutating func count(_ point: [Int], _ change: Int) {
        for first in point.indices {
            for second in point.indices where second > first { add(change, to: index(first, point[first], second, point[second])) }
        }
    }

    private mutating func add(_ change: Int, to key: Int) {
        guard counts[key] >= 0 else { return }
        counts[key] += change
        if change > 0, counts[key] == 1 { remove(open: key) }
        if change < 0, counts[key] == 0 { add(open: key) }
    }

    private mutating func add(open key: Int) {
        openAt[key] = open.count
        open.append(key)
    }

    private mutating func remove(open key: Int) {
        guard let place = openAt.removeValue(forKey: key), let last = open.popLast(), last != key else { return }
        open[place] = last
        openAt[last] = place
    }
}
