/// The faults of a chaos test and their results.
public struct Tally: Sendable {
    public var runs = 0
    public var faults: [String: Int] = [:]
    public var leaks: [String] = []
    public var foreignTouched: [String] = []
    public var disagreements: [String] = []

    public init(runs: Int = 0) {
        self.runs = runs
    }

    public mutating func add(_ other: Tally) {
        runs += other.runs
        faults.merge(other.faults, uniquingKeysWith: +)
        leaks += other.leaks
        foreignTouched += other.foreignTouched
        disagreements += other.disagreements
    }

    public mutating func count(_ fault: String) { faults[fault, default: 0] += 1 }

    /// The summary for CI's output.
    public func summary(_ title: String, seed: UInt64) -> String {
        let total = faults.values.reduce(0, +)
        let lines = faults.sorted { $0.key < $1.key }.map { "chaos:     \($0.value) × \($0.key)" }
        return """
            chaos: \(title): \(runs) runs, \(total) faults injected, leaks \(leaks.count), \
            foreign resources touched \(foreignTouched.count), ledgers that disagree \(disagreements.count) \
            (seed \(seed): again with SOLTI_CHAOS_SEED=\(seed))
            \(lines.joined(separator: "\n"))
            """
    }
}
