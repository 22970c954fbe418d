import MatrixCore

/// Makes a covering set of points smaller by tabu search: it removes one point and changes the others value by value until
/// they have its pairs, too. It ends when that fails, or when it has used up its work.
struct Reduction {
    /// The most lookups of pairs in total: a bound that is the same on every machine.
    private static let work = 500_000

    private let completion: Completion
    private var generator: SampleGenerator
    private var coverage: Coverage
    /// No smaller set is possible, or worth a search.
    private let least: Int
    private var effort = 0

    init(points: [[Int]], pairs: PairTable, least: Int, completion: Completion, generator: SampleGenerator) {
        self.least = max(least, 1)
        self.completion = completion
        self.generator = generator
        coverage = Coverage(points: points, pairs: pairs)
    }

    /// The smallest set that was found.
    mutating func run() -> [[Int]] {
        var best = coverage.points
        while best.count > least, effort < Self.work {
            coverage.removeLeastNeeded()
            guard repair() else { break }
            best = coverage.points
        }
        return best
    }

    /// Changes values until every pair is covered.
    private mutating func repair() -> Bool {
        var forbiddenUntil: [Int: Int] = [:]
        var step = 0
        while coverage.uncovered > 0 {
            step += 1
            guard effort < Self.work, let move = bestMove(at: step, forbiddenUntil) else { return false }
            for change in move {
                forbiddenUntil[coverage.place(change.point, change.axis)] = step + 3 + Int(generator.next(upperBound: UInt(8)))
                coverage.set(change)
            }
        }
        return true
    }

    /// The change that covers some uncovered pair and uncovers fewest others.
    private mutating func bestMove(at step: Int, _ forbiddenUntil: [Int: Int]) -> [Coverage.Change]? {
        let pair = coverage.anyUncovered(using: &generator)
        var best: [[Coverage.Change]] = []
        var bestLoss = Int.max
        for point in coverage.points.indices {
            let changes = coverage.changes(in: point, for: pair)
            guard changes.allSatisfy({ forbiddenUntil[coverage.place(point, $0.axis), default: 0] < step }), isAllowed(point, changes)
            else { continue }
            let loss = coverage.loss(of: changes)
            effort += changes.count * (coverage.width + 20)
            if loss < bestLoss { (best, bestLoss) = ([], loss) }
            if loss == bestLoss { best.append(changes) }
        }
        // Also a step without a move is work: the pair may have none for ever.
        if best.isEmpty { effort += coverage.points.count }
        return best.isEmpty ? [] : best[Int(generator.next(upperBound: UInt(best.count)))]
    }

    private func isAllowed(_ point: Int, _ changes: [Coverage.Change]) -> Bool {
        guard completion.isConstrained else { return true }
        var changed = coverage.points[point]
        for change in changes { changed[change.axis] = change.value }
        return completion.complete(changed) != nil
    }
}
