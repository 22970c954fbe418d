import MatrixCore

/// Which pairs of values of two axes are not in any point yet.
struct PairTable {
    /// A pair.
    struct Pair: Hashable {
        var first: (axis: Int, value: Int) { (firstAxis, firstValue) }
        var firstAxis: Int
        var firstValue: Int
        var secondAxis: Int
        var secondValue: Int

        func assignment(of axes: Int) -> [Int] {
            var point = [Int](repeating: -1, count: axes)
            point[firstAxis] = firstValue
            point[secondAxis] = secondValue
            return point
        }
    }

    private let sizes: [Int]
    /// Where an axis's values begin among all values.
    let starts: [Int]
    let width: Int
    /// Whether a pair is uncovered, both ways round.
    private var open: [Bool]
    /// How many uncovered pairs each value is in.
    private var needs: [Int]
    private(set) var left = 0
    /// The pairs that an allowed point can have.
    private(set) var possible: [Pair] = []

    init(sizes: [Int]) {
        self.sizes = sizes
        var starts: [Int] = []
        var width = 0
        for size in sizes {
            starts.append(width)
            width += size
        }
        self.starts = starts
        self.width = width
        open = [Bool](repeating: false, count: width * width)
        needs = [Int](repeating: 0, count: width)
        possible = all
        for pair in possible { set(pair, true) }
    }

    /// Every pair of the product.
    private var all: [Pair] {
        var pairs: [Pair] = []
        for first in sizes.indices {
            for second in sizes.indices where second > first {
                for firstValue in 0..<sizes[first] {
                    for secondValue in 0..<sizes[second] {
                        pairs.append(Pair(firstAxis: first, firstValue: firstValue, secondAxis: second, secondValue: secondValue))
                    }
                }
            }
        }
        return pairs
    }

    /// Removes the pairs that no allowed point can have.
    mutating func keep(where isPossible: (Pair) -> Bool) {
        let kept = possible.filter(isPossible)
        for pair in Set(possible).subtracting(kept) { set(pair, false) }
        possible = kept
    }

    private mutating func set(_ pair: Pair, _ isOpen: Bool) {
        let first = starts[pair.firstAxis] + pair.firstValue
        let second = starts[pair.secondAxis] + pair.secondValue
        guard open[first * width + second] != isOpen else { return }
        open[first * width + second] = isOpen
        open[second * width + first] = isOpen
        let change = isOpen ? 1 : -1
        needs[first] += change
        needs[second] += change
        left += change
    }

    /// Removes the pairs of a point.
    mutating func cover(_ point: [Int]) {
        for first in point.indices {
            for second in (first + 1)..<max(first + 1, point.count) {
                set(Pair(firstAxis: first, firstValue: point[first], secondAxis: second, secondValue: point[second]), false)
            }
        }
    }

    /// How many new pairs a point has.
    func gain(of point: [Int]) -> Int {
        var gain = 0
        for first in point.indices {
            let row = (starts[first] + point[first]) * width
            for second in (first + 1)..<max(first + 1, point.count) where open[row + starts[second] + point[second]] { gain += 1 }
        }
        return gain
    }

    /// How many new pairs a value makes with those that a point has on the `assigned` axes.
    func gain(of value: Int, on axis: Int, beside assigned: [Int], in point: [Int]) -> Int {
        let row = (starts[axis] + value) * width
        var gain = 0
        for other in assigned where open[row + starts[other] + point[other]] { gain += 1 }
        return gain
    }

    /// How many uncovered pairs a value is in.
    func need(_ axis: Int, _ value: Int) -> Int { needs[starts[axis] + value] }

    /// A value that is in most uncovered pairs.
    func neediest(using generator: inout SampleGenerator) -> (axis: Int, value: Int) {
        let most = needs.max() ?? 0
        let choices = needs.indices.filter { needs[$0] == most }
        let place = choices[Int(generator.next(upperBound: UInt(choices.count)))]
        return self.value(at: place)
    }

    /// Another value with which this one makes an uncovered pair.
    func partner(of value: (axis: Int, value: Int), using generator: inout SampleGenerator) -> (axis: Int, value: Int) {
        let row = (starts[value.axis] + value.value) * width
        let choices = (0..<width).filter { open[row + $0] }
        return self.value(at: choices[Int(generator.next(upperBound: UInt(choices.count)))])
    }

    private func value(at place: Int) -> (axis: Int, value: Int) {
        let axis = starts.lastIndex { $0 <= place } ?? 0
        return (axis, place - starts[axis])
    }
}
