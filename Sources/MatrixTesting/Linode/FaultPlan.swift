internal import MatrixCore

/// Which requests go wrong, and how.
struct FaultPlan: Sendable {
    /// A fault for the next requests of a kind.
    struct Rule: Sendable {
        /// Nil for any.
        let method: String?
        /// A part of the path; empty for any.
        let part: String
        let fault: FakeLinodeFault
        /// How many requests are let through first.
        var passes: Int
        /// How many then go wrong.
        var times: Int
    }

    /// A share of all requests that goes wrong, by chance that can be repeated.
    struct Weather: Sendable {
        let seed: UInt64
        let share: Double
        let faults: [FakeLinodeFault]
    }

    var rules: [Rule] = []
    var weather: Weather?
    private var counts: [String: UInt64] = [:]

    /// The fault of this request, which it uses up.
    mutating func fault(_ method: String, _ path: String) -> FakeLinodeFault? {
        for index in rules.indices where (rules[index].method ?? method) == method && (rules[index].part.isEmpty || path.contains(rules[index].part)) {
            if rules[index].passes > 0 {
                rules[index].passes -= 1
            } else if rules[index].times > 0 {
                rules[index].times -= 1
                return rules[index].fault
            }
        }
        return chance("\(method) \(path)")
    }

    /// By the request and how often it came, not by the order in which requests of several cells happen to come.
    private mutating func chance(_ request: String) -> FakeLinodeFault? {
        guard let weather, !weather.faults.isEmpty else { return nil }
        counts[request, default: 0] += 1
        let seed = request.utf8.reduce(weather.seed ^ 0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } &+ (counts[request] ?? 0)
        var generator = SeededGenerator(seed: seed)
        guard Double(generator.next() >> 11) / Double(1 << 53) < weather.share else { return nil }
        return weather.faults[Int(generator.next() % UInt64(weather.faults.count))]
    }
}
