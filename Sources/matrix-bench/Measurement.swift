/// One measured number with its limit.
struct Measurement: Codable, Sendable {
    /// The row: `schedule`.
    var row: String
    /// What was measured: `1,000 cells × 40 checks: overhead`.
    var what: String
    /// Nil if it could not be measured here; the note says why.
    var value: Double?
    /// `s`, `MB`, `round trips`, `×`.
    var unit: String
    /// The upper limit; nil if it is only for comparison.
    var limit: Double?
    /// The platform's part: what a harness without any cost would take.
    var platform: Double?
    /// What the number consists of, or is compared with.
    var note: String?

    var isBeyondLimit: Bool {
        guard let limit, let value else { return false }
        return value > limit
    }

    /// The smallest value of each measurement, if they were repeated.
    static func least(of tries: [[Measurement]]) -> [Measurement] {
        (tries.first ?? []).map { first in
            tries.joined().filter { $0.what == first.what }.min { ($0.value ?? .infinity) < ($1.value ?? .infinity) } ?? first
        }
    }
}
