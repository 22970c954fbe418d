import MatrixCore
import Rainbow

/// The run in one line: `03:12 · 12 running · 26 ✓ · 10 ✗ · 10 left · about 6m`.
struct RunLine {
    /// Seconds since the run began.
    var elapsed: Double
    /// How many cells run, and how many have not begun.
    var running = 0
    var left = 0
    var ended: [Outcome: Int] = [:]
    /// Seconds until the end; nil if unknown.
    var remaining: Double?
    var isStopping = false

    private struct Part {
        var text: String
        /// The part with the highest number goes first if the line is too long.
        var rank: Int
        var colour: NamedColor?
    }

    /// The line in at most `columns`.
    func text(columns: Int, coloured: Bool) -> String {
        var parts = self.parts
        while parts.count > 1, Self.joined(parts.map(\.text)).columns > columns, let last = parts.map(\.rank).max() {
            parts.removeAll { $0.rank == last }
        }
        if let only = parts.first, parts.count == 1 { parts[0].text = only.text.cut(to: columns) }
        return Self.joined(parts.map { part in part.colour.map { Mark.paint(part.text, $0, coloured: coloured) } ?? part.text })
    }

    private static func joined(_ texts: [String]) -> String { texts.joined(separator: " · ") }

    private var parts: [Part] {
        var parts = [Part(text: PlainProgress.clock(elapsed), rank: 7)]
        if isStopping { parts.append(Part(text: "stopping", rank: 1, colour: .yellow)) }
        parts.append(Part(text: "\(running) running", rank: 2))
        for outcome in Outcome.allCases {
            guard let count = ended[outcome], count > 0 else { continue }
            parts.append(Part(text: "\(count) \(Mark.glyph(outcome))", rank: Self.rank(outcome), colour: Mark.colour(outcome)))
        }
        parts.append(Part(text: "\(left) left", rank: 3))
        if let about { parts.append(Part(text: "about \(about)", rank: 5)) }
        return parts
    }

    private static func rank(_ outcome: Outcome) -> Int {
        switch outcome {
        case .failed, .error: 0
        case .passed: 4
        case .interrupted, .skipped: 6
        }
    }

    /// `40s`, `6m`, `1h20m`; nil if it is over in a moment.
    private var about: String? {
        guard let remaining, remaining >= 5 else { return nil }
        if remaining < 90 { return Duration.bounded(seconds: (remaining / 10).rounded(.up) * 10).brief }
        let minutes = Int(nearest: remaining / 60)
        return minutes < 60 ? "\(minutes)m" : Duration.bounded(seconds: Double(minutes) * 60).brief
    }
}
