internal import MatrixCore

/// Times in a form for people.
enum Brief {
    /// `0.4s`, `12s`, `3m05s`.
    static func length(_ seconds: Double) -> String { Duration.bounded(seconds: Decimal.sane(seconds)).brief }

    /// `2026-11-20 05:01:22 UTC`.
    static func moment(_ time: Timestamp) -> String {
        let text = time.description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
    }
}

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

extension Set<String> {
    /// Adds a text, with the first free number from 2 on if the text itself is taken.
    mutating func insertUnique(_ text: String, numbered: (String, Int) -> String) -> String {
        var candidate = text
        var count = 1
        while !insert(candidate).inserted {
            count += 1
            candidate = numbered(text, count)
        }
        return candidate
    }
}
