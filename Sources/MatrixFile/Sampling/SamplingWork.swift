/// Counts the steps of the search for a sample: the same on every machine, so that a matrix is refused on all of them or on none.
final class SamplingWork {
    private var left = LoadLimits.sampling

    var isSpent: Bool { left < 0 }

    func spend(_ steps: Int) { left -= steps }

    /// Whether the table of pairs alone is too large.
    static func isTooLarge(_ sizes: [Int]) -> Bool {
        let values = sizes.reduce(0, +)
        return values > 2000 || pairs(of: sizes) > mostPairs
    }

    private static let mostPairs = 500_000

    private static func pairs(of sizes: [Int]) -> Int {
        let all = sizes.reduce(0, +)
        return (all * all - sizes.reduce(0) { $0 + $1 * $1 }) / 2
    }
}
