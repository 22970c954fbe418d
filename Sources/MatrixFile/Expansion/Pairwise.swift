import MatrixCore

/// Chooses few points so that every pair of values of two axes, which any point has, is in one of them.
///
/// Greedy: the point that covers most new pairs comes next, the earlier one among equals, so that the same file always gives the
/// same cells. What a point covers anew only shrinks, hence a stale count is an upper bound and few are counted again.
enum Pairwise {
    private struct Pair: Hashable {
        let first: Int
        let second: Int
        let firstValue: Int
        let secondValue: Int
    }

    static func sample(_ points: [[Int]]) -> [[Int]] {
        guard let width = points.first?.count, width > 2 else { return points }
        let pairs = points.map(pairs)
        var uncovered = Set(pairs.joined())
        var gains = pairs.map(\.count)
        var chosen: [Int] = []
        while !uncovered.isEmpty, let next = best(pairs, uncovered, &gains) {
            uncovered.subtract(pairs[next])
            gains[next] = 0
            chosen.append(next)
        }
        return chosen.sorted().map { points[$0] }
    }

    private static func best(_ pairs: [[Pair]], _ uncovered: Set<Pair>, _ gains: inout [Int]) -> Int? {
        var best: Int?
        var bestGain = 0
        for index in pairs.indices where gains[index] > bestGain {
            gains[index] = pairs[index].count { uncovered.contains($0) }
            if gains[index] > bestGain {
                best = index
                bestGain = gains[index]
            }
        }
        return best
    }

    private static func pairs(of point: [Int]) -> [Pair] {
        point.indices.flatMap { first in
            point.indices.filter { $0 > first }.map { Pair(first: first, second: $0, firstValue: point[first], secondValue: point[$0]) }
        }
    }
}
