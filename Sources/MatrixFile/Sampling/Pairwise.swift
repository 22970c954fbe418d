import MatrixCore

/// Chooses few points of a product so that every pair of values of two axes that any allowed point has is in one of them.
///
/// Greedy with random candidates (as AETG, Cohen et al. 1997): each point begins with a pair that is not covered yet and takes,
/// axis by axis, the value that covers most; the best of several such points is taken. The same axes, constraints and seed give
/// the same points on every machine.
struct Pairwise {
    /// A combination that no point may have: for each of its axes a set of values; a point is forbidden if it has one of each.
    typealias Constraint = [(axis: Int, values: Set<Int>)]

    /// How many points are tried for each chosen one.
    private static let candidates = 30

    private let sizes: [Int]
    private let completion: Completion
    private let work = SamplingWork()
    private var generator: SampleGenerator
    private var pairs: PairTable

    /// - Parameters:
    ///   - sizes: how many values each axis has; none is zero.
    ///   - seed: which of the equally good samples it is.
    init(sizes: [Int], constraints: [Constraint] = [], seed: UInt64 = 1) {
        self.sizes = sizes
        completion = Completion(sizes: sizes, constraints: constraints, work: work)
        generator = SampleGenerator(seed: seed)
        pairs = PairTable(sizes: sizes)
    }

    /// The result.
    struct Sample {
        /// The points, in the order of the product.
        var points: [[Int]]
        /// How many pairs there are that an allowed point can have; all of them are in the points.
        var pairs: Int
        /// How many pairs no allowed point can have.
        var impossible = 0
    }

    /// Chooses the points; none if the constraints allow none, and nil if the search takes too long.
    mutating func sample() -> Sample? {
        let product = pairs.left
        forget()
        let count = pairs.left
        var points: [[Int]] = []
        if sizes.count < 2 { return work.isSpent ? nil : Sample(points: all(), pairs: 0) }
        while let point = next() {
            pairs.cover(point)
            points.append(point)
        }
        points = reduced(points)
        guard !work.isSpent else { return nil }
        return Sample(points: points.sorted { $0.lexicographicallyPrecedes($1) }, pairs: count, impossible: product - count)
    }

    /// Removes the pairs that no allowed point has.
    private mutating func forget() {
        guard completion.isConstrained else { return }
        pairs.keep { completion.complete($0.assignment(of: sizes.count)) != nil }
    }

    private func all() -> [[Int]] {
        (0..<(sizes.first ?? 0)).map { [$0] }.filter { completion.complete($0) != nil }
    }

    private mutating func next() -> [Int]? {
        guard pairs.left > 0, !work.isSpent else { return nil }
        var best: [Int] = []
        var bestGain = 0
        for _ in 0..<Self.candidates {
            let candidate = candidate()
            let gain = pairs.gain(of: candidate)
            if gain > bestGain { (best, bestGain) = (candidate, gain) }
        }
        return best
    }

    /// A point that covers at least one new pair.
    private mutating func candidate() -> [Int] {
        var point = [Int](repeating: -1, count: sizes.count)
        let first = pairs.neediest(using: &generator)
        point[first.axis] = first.value
        var assigned = [first.axis]
        // The partner makes sure that each point covers a new pair, also under constraints.
        let partner = pairs.partner(of: first, using: &generator)
        point[partner.axis] = partner.value
        assigned.append(partner.axis)
        var rest = sizes.indices.filter { point[$0] < 0 }
        rest.shuffle(using: &generator)
        for axis in rest {
            point[axis] = bestValue(on: axis, beside: assigned, in: point)
            assigned.append(axis)
        }
        return point
    }

    private mutating func bestValue(on axis: Int, beside assigned: [Int], in point: [Int]) -> Int {
        work.spend(sizes[axis] * (assigned.count + 1))
        var gains: [(value: Int, gain: Int, need: Int)] = []
        for value in 0..<sizes[axis] {
            gains.append((value, pairs.gain(of: value, on: axis, beside: assigned, in: point), pairs.need(axis, value)))
        }
        gains.shuffle(using: &generator)
        gains.sort { ($0.gain, $0.need) > ($1.gain, $1.need) }
        guard completion.isConstrained else { return gains[0].value }
        var trial = point
        for gain in gains {
            trial[axis] = gain.value
            if completion.complete(trial) != nil { return gain.value }
        }
        return gains[0].value
    }

    /// Lower bound: the largest number of allowed pairs between any two axes.
    private var leastPossible: Int {
        Dictionary(grouping: pairs.possible) { [$0.firstAxis, $0.secondAxis] }.values.map(\.count).max() ?? 1
    }

    /// The points without those whose pairs other points can cover.
    private mutating func reduced(_ points: [[Int]]) -> [[Int]] {
        var reduction = Reduction(points: points, pairs: pairs, least: leastPossible, completion: completion, generator: generator)
        return reduction.run()
    }
}
