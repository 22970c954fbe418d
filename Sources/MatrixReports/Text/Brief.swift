internal import MatrixCore

/// Times in a form for people.
enum Brief {
    /// `0.4s`, `12s`, `3m05s`.
    static func length(_ seconds: Double) -> String {
        Duration.bounded(seconds: Decimal.sane(seconds)).brief
    }

    /// `2026-11-20 05:01:22 UTC`.
    static func moment(_ time: Timestamp) -> String {
        let text = time.description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
    }
}
