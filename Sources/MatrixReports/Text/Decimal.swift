internal import MatrixCore

/// Numbers as reports print them.
enum Decimal {
    /// Seconds with three decimals: `12.300`. An invalid duration is 0.
    static func seconds(_ seconds: Double) -> String {
        let milliseconds = Int(nearest: sane(seconds) * 1000)
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    /// A duration that is safe for arithmetic: finite, not negative, below thirty years.
    static func sane(_ seconds: Double) -> Double {
        seconds.isFinite ? min(max(seconds, 0), 1e9) : 0
    }
}
