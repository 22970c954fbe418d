import MatrixCore
import Testing

@testable import MatrixFile

/// Samples are held against a coverage that is counted anew here, and against published sizes.
@Suite struct PairwiseTests {
    /// Every pair of values of two axes in some of the points.
    private func pairs(in points: [[Int]]) -> Set<[Int]> {
        Set(
            points.flatMap { point in
                point.indices.flatMap { first in ((first + 1)..<point.count).map { [first, point[first], $0, point[$0]] } }
            })
    }

    private func product(_ sizes: [Int]) -> [[Int]] {
        sizes.reduce([[]]) { points, size in points.flatMap { point in (0..<size).map { point + [$0] } } }
    }

    /// The cases of the covering-array comparison on pairwise.org, with PICT's sizes there.
    @Test(arguments: [
        ("3^4", [(3, 4)], 9), ("3^13", [(3, 13)], 18), ("4^15 3^17 2^29", [(4, 15), (3, 17), (2, 29)], 37),
        ("4^1 3^39 2^35", [(4, 1), (3, 39), (2, 35)], 27), ("2^100", [(2, 100)], 15), ("10^20", [(10, 20)], 210),
    ])
    func isNoLargerThanPICT(_ name: String, _ axes: [(Int, Int)], _ published: Int) throws {
        let sizes = axes.flatMap { Array(repeating: $0.0, count: $0.1) }
        var pairwise = Pairwise(sizes: sizes)
        let found = pairwise.sample()
        let sample = try #require(found)
        #expect(sample.points.count <= published)
        let total = (sizes.reduce(0, +) * sizes.reduce(0, +) - sizes.reduce(0) { $0 + $1 * $1 }) / 2
        #expect(pairs(in: sample.points).count == total)
        #expect(sample.pairs == total)
    }

    @Test(arguments: 1...40) func honoursConstraintsAndCoversAllThatTheyLeave(_ seed: UInt64) throws {
        var generator = SampleGenerator(seed: seed)
        let sizes = (0..<Int.random(in: 3...5, using: &generator)).map { _ in Int.random(in: 1...4, using: &generator) }
        let constraints: [Pairwise.Constraint] = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
            sizes.indices.shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator)).map { axis in
                (axis, Set((0..<sizes[axis]).filter { _ in Bool.random(using: &generator) } + [0]))
            }
        }
        let allowed = product(sizes).filter { point in !constraints.contains { $0.allSatisfy { $0.values.contains(point[$0.axis]) } } }
        var pairwise = Pairwise(sizes: sizes, constraints: constraints, seed: seed)
        let found = pairwise.sample()
        let sample = try #require(found)
        #expect(Set(sample.points).isSubset(of: allowed))
        #expect(Set(sample.points).count == sample.points.count)
        #expect(pairs(in: sample.points) == pairs(in: allowed))
        #expect(sample.pairs == pairs(in: allowed).count)
        #expect(sample.pairs + sample.impossible == pairs(in: product(sizes)).count)
    }

    @Test func isTheSameForTheSameSeed() {
        func points(_ seed: UInt64) -> [[Int]] {
            var pairwise = Pairwise(sizes: [3, 3, 3, 2, 2], seed: seed)
            return pairwise.sample()?.points ?? []
        }
        #expect(points(7) == points(7))
        #expect(Set((1...8).map(points)).count > 1)
        // Changing what it gives for a seed would change everybody's cells.
        #expect(
            points(1).map { $0.map(String.init).joined() } == [
                "00100", "01010", "02211", "10211", "11111", "12000", "20001", "21200", "22111",
            ])
    }

    @Test func takesEveryPointOfTwoAxesAndOfOne() {
        var two = Pairwise(sizes: [3, 2])
        let ofTwo = two.sample()
        #expect(ofTwo?.points == product([3, 2]))
        var one = Pairwise(sizes: [3], constraints: [[(axis: 0, values: [1])]])
        let ofOne = one.sample()
        #expect(ofOne?.points == [[0], [2]])
    }
}
