internal import MatrixCore

/// Which requests fail, and how.
struct FaultPlan: Sendable {
    /// A fault for the next requests of a kind.
    struct Rule: Sendable {
        /// Nil for any.
        let method: String?
        /// A part of the path; empty for any.
        let part: String
        let fault: FakeLinodeFault
        /// How many requests succeed first.
        var passes: Int
        /// How many then fail.
        var times: Int
    }

    /// A random share of all requests that fails. The same seed gives the same faults.
    struct Weather: Sendable {
        let seed: UInt64
        let share: Double
        let faults: [FakeLinodeFault]
    }

    var rules: [Rule] = []
    var weather: Weather?
    private var counts: [String: UInt64] = [:]

    /// The fault of this request. It counts as used.
    mutating func fault(_ method: String, _ path: String) -> FakeLinodeFault? {
        for index in rules.indices
        where (rules[index].method ?? method) == method && (rules[index].part.isEmpty || path.contains(rules[index].part)) {
            if rules[index].passes > 0 {
                rules[index].passes -= 1
            } else if rules[index].times > 0 {
                rules[index].times -= 1
                return rules[index].fault
            }
        }
        return chance("\(method) \(path)")
    }

    /// Depends on the request and its count, not on the order of requests from several cells.
    private mutating func chance(_ request: String) -> FakeLinodeFault? {
        guard let weather, !weather.faults.isEmpty else { return nil }
        counts[request, default: 0] += 1
        let seed =
            request.utf8.reduce(weather.seed ^ 0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } &+ (counts[request] ?? 0)
        var generator = SeededGenerator(seed: seed)
        guard Double(generator.next() >> 11) / Double(1 << 53) < weather.share else { return nil }
        return weather.faults[Int(generator.next() % UInt64(weather.faults.count))]
    }
}
