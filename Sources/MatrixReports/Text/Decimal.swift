internal import MatrixCore

/// Numbers as reports print them.
enum Decimal {
    /// Seconds with three decimals: `12.300`. What is no length of time counts as none.
    static func seconds(_ seconds: Double) -> String {
        let milliseconds = Int(nearest: sane(seconds) * 1000)
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    /// A length of time that arithmetic can rely on: finite, not negative, below thirty years.
    static func sane(_ seconds: Double) -> Double {
        seconds.isFinite ? min(max(seconds, 0), 1e9) : 0
    }
}
