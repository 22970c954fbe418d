import MatrixCore

/// Times as a person reads them: `in 3h58m`, `12m ago`.
enum Relative {
    static func ago(_ time: Timestamp, from now: Timestamp = .wall) -> String { "\(length(now.seconds(since: time))) ago" }

    /// How long something lives on: `in 3h58m`, `12m ago`; `never` for nil.
    static func end(_ time: Timestamp?, from now: Timestamp = .wall) -> String {
        guard let time else { return "never" }
        let seconds = time.seconds(since: now)
        return seconds > 0 ? "in \(length(seconds))" : ago(time, from: now)
    }

    static func expiry(_ time: Timestamp, from now: Timestamp = .wall) -> String {
        "\(time <= now ? "expired" : "expires") \(end(time, from: now))"
    }

    /// In two units at most: `40s`, `12m`, `3h58m`, `2d4h`.
    static func length(_ seconds: Double) -> String {
        let whole = max(0, Int(nearest: seconds))
        if whole < 60 { return "\(whole)s" }
        if whole < 3600 { return "\(whole / 60)m" }
        if whole < 86400 { return "\(whole / 3600)h\(twoDigits(whole % 3600 / 60))m" }
        return "\(whole / 86400)d\(whole % 86400 / 3600)h"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
