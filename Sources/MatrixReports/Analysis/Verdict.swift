public import MatrixCore

/// The first line of every report, the same in all of them: how many cells failed, could not be tried, were skipped.
public struct Verdict: Sendable {
    /// How a part of the headline is marked; the raw value is its class on the page.
    public enum Tone: String, Sendable {
        case passed
        case failed
        case error
        case interrupted
        /// Not bad, but not what was asked for either: skipped cells.
        case attention = "note"

        /// A mark that is distinct without colour.
        public var glyph: String {
            switch self {
            case .passed: Outcome.passed.glyph
            case .failed: Outcome.failed.glyph
            case .error: Outcome.error.glyph
            case .interrupted: Outcome.interrupted.glyph
            case .attention: PassedNote.glyph
            }
        }
    }

    /// A part of the headline: `4 of 5 cells failed`.
    public struct Part: Sendable, Hashable {
        public let tone: Tone
        public let text: String
    }

    /// The tone of the whole: that of the worst part, or of skipped cells beside those that passed.
    public let tone: Tone
    /// The worst first; at least one.
    public let parts: [Part]
    /// Why the run has its exit status: `exit status 1: a deploy or verify verdict failed`.
    public let status: String

    /// Without the glyph: `4 of 5 cells failed, 1 could not be tried`.
    public var headline: String { parts.map(\.text).joined(separator: ", ") }
    /// `✗ 4 of 5 cells failed, 1 could not be tried`.
    public var sentence: String { "\(tone.glyph) \(headline)" }

    /// The tone as an outcome: skipped if the run passed with skipped cells.
    public var outcome: Outcome {
        switch tone {
        case .passed: .passed
        case .failed: .failed
        case .error: .error
        case .interrupted: .interrupted
        case .attention: .skipped
        }
    }

    public init(_ result: RunResult) { self.init(ReportedRun(result)) }

    init(_ run: ReportedRun) {
        let counts = CellCounts(run)
        let result = run.result
        parts =
            if let activity = run.activity {
                Self.running(counts, activity)
            } else if result.unfinished == true {
                Self.unfinished(counts)
            } else if result.exitStatus.isInterruption {
                Self.interrupted(counts)
            } else {
                Self.ended(counts, result)
            }
        let first = parts[0].tone
        tone = first == .passed && (counts.skipped > 0 || run.activity != nil) ? .attention : first
        status = run.activity?.words ?? Self.status(result.exitStatus, counts)
    }

    private static func running(_ counts: CellCounts, _ activity: RunActivity) -> [Part] {
        var parts: [Part] = []
        if counts.failed > 0 { parts.append(Part(tone: .failed, text: "\(counts.failed) of \(Tally.cells(counts.all)) failed so far")) }
        if counts.errors > 0 { parts.append(Part(tone: .error, text: "\(counts.errors) without a verdict so far")) }
        if counts.passed > 0 { parts.append(Part(tone: .passed, text: "\(counts.passed) passed")) }
        parts.append(Part(tone: .attention, text: "\(activity.running) running"))
        if activity.waiting > 0 { parts.append(Part(tone: .attention, text: "\(activity.waiting) waiting")) }
        return parts
    }

    private static func unfinished(_ counts: CellCounts) -> [Part] {
        let failed = counts.failed > 0 ? [Part(tone: .failed, text: "\(counts.failed) of \(Tally.cells(counts.all)) failed so far")] : []
        return [Part(tone: .error, text: "Not finished: the run goes on, or its process died")] + failed
    }

    private static func interrupted(_ counts: CellCounts) -> [Part] {
        let open = counts.all - counts.passed - counts.failed
        let failed = counts.failed > 0 ? [Part(tone: .failed, text: "\(counts.failed) failed")] : []
        return [Part(tone: .interrupted, text: "Interrupted: \(open) of \(Tally.cells(counts.all)) reached no verdict")] + failed
    }

    private static func ended(_ counts: CellCounts, _ result: RunResult) -> [Part] {
        var parts: [Part] = []
        if counts.failed > 0 { parts.append(Part(tone: .failed, text: "\(first(counts.failed, of: counts.all)) failed")) }
        if counts.errors > 0 { parts.append(Part(tone: .error, text: untried(counts, isFirst: parts.isEmpty))) }
        if counts.stopped > 0 {
            let number = parts.isEmpty ? first(counts.stopped, of: counts.all) : "\(counts.stopped)"
            parts.append(Part(tone: .interrupted, text: "\(number) stopped before a verdict"))
        }
        if result.exitStatus == .leaked { parts.append(Part(tone: .error, text: left(result.leaks.count, isFirst: parts.isEmpty))) }
        if result.warnings.contains(where: { $0.severity == .error }) {
            parts.append(Part(tone: .error, text: "\(parts.isEmpty ? "A" : "a") report or the ledger could not be written"))
        }
        if parts.isEmpty {
            parts.append(
                result.exitStatus == .passed
                    ? Part(tone: .passed, text: "\(first(counts.passed, of: counts.all)) passed")
                    : Part(tone: .error, text: "No cell reached a verdict"))
        }
        if counts.skipped > 0 { parts.append(Part(tone: .attention, text: "\(counts.skipped) skipped")) }
        if counts.experimental > 0 { parts.append(Part(tone: .attention, text: "\(counts.experimental) experimental with problems")) }
        return parts
    }

    /// `4 of 5 cells`, `All 4 cells`, `The only cell`.
    private static func first(_ count: Int, of all: Int) -> String {
        guard count == all else { return "\(count) of \(Tally.cells(all))" }
        return all == 1 ? "The only cell" : "All \(all) cells"
    }

    private static func untried(_ counts: CellCounts, isFirst: Bool) -> String {
        guard isFirst else { return "\(counts.errors) could not be tried" }
        guard counts.errors == counts.all, counts.all > 1 else { return "\(first(counts.errors, of: counts.all)) could not be tried" }
        return "None of \(counts.all) cells could be tried"
    }

    private static func left(_ count: Int, isFirst: Bool) -> String {
        count == 1 ? "\(isFirst ? "A" : "a") resource may be left behind" : "\(max(count, 2)) resources may be left behind"
    }

    /// The exit status tells the worst only, so it says why if the headline tells more.
    private static func status(_ status: ExitStatus, _ counts: CellCounts) -> String {
        switch status {
        case .passed where counts.skipped > 0: "\(status.sentence); skipped cells do not count"
        case .passed where counts.experimental > 0: "\(status.sentence); experimental cells do not count"
        case .infrastructure where counts.failed > 0 && counts.errors > 0:
            "exit status \(status.rawValue): a cell without a verdict weighs more than one that failed"
        case .leaked where counts.failed + counts.errors > 0:
            "exit status \(status.rawValue): what may be left behind weighs more than any verdict"
        default: status.sentence
        }
    }
}

/// The cells of a run as its headline counts them.
private struct CellCounts {
    let all: Int
    let passed: Int
    let failed: Int
    /// Without a verdict, beside those for which nothing but a leak is to blame.
    let errors: Int
    let stopped: Int
    let skipped: Int
    /// Experimental cells with a problem; no other number has them.
    let experimental: Int

    init(_ run: ReportedRun) {
        all = run.cells.count
        let tried = run.cells.filter { !Self.hasOnlyLeaked($0) }
        let counted = tried.filter { !$0.experimental || !$0.outcome.isProblem }
        passed = counted.count { $0.outcome == .passed }
        failed = counted.count { $0.outcome == .failed }
        errors = counted.count { $0.outcome == .error }
        stopped = counted.count { $0.outcome == .interrupted }
        skipped = counted.count { $0.outcome == .skipped }
        experimental = tried.count - counted.count
    }

    private static func hasOnlyLeaked(_ cell: CellResult) -> Bool {
        cell.outcome == .error && cell.cases.allSatisfy { !$0.outcome.isProblem || $0.type == ProblemType.leak.rawValue }
    }
}
