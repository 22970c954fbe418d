/// One number with its limit.
struct Measurement: Codable, Sendable {
    /// The row: `schedule`.
    var row: String
    /// What was measured: `1,000 cells × 40 checks: overhead`.
    var what: String
    /// Nil where it could not be measured here; the note says why.
    var value: Double?
    /// `s`, `MB`, `round trips`, `×`.
    var unit: String
    /// The most that it may be; nil where there is only something to compare it with.
    var limit: Double?
    /// What of it is the platform's: what passes with a harness that costs nothing.
    var platform: Double?
    /// What the number is made of, or compared with.
    var note: String?

    var isBeyondLimit: Bool {
        guard let limit, let value else { return false }
        return value > limit
    }

    /// Of the same measurements, made several times, the least of each.
    static func least(of tries: [[Measurement]]) -> [Measurement] {
        (tries.first ?? []).map { first in
            tries.joined().filter { $0.what == first.what }.min { ($0.value ?? .infinity) < ($1.value ?? .infinity) } ?? first
        }
    }
}
