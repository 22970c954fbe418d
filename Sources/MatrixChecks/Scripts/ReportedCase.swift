import MatrixCore

/// One test that a script reported.
struct ReportedCase: Sendable, Hashable {
    enum Verdict: Sendable, Hashable {
        case passed
        case failed
        case error
        case skipped
    }

    var name: String
    var verdict: Verdict
    /// Why it failed or was skipped, in one line.
    var message: String?
    /// More lines.
    var detail: String?
    /// How long it took, in seconds.
    var seconds: Double?

    init(_ name: String, _ verdict: Verdict, message: String? = nil, detail: String? = nil, seconds: Double? = nil) {
        self.name = name
        self.verdict = verdict
        self.message = message
        self.detail = detail
        self.seconds = seconds
    }
}

/// What a script reported about its tests.
struct ReportedTests: Sendable, Hashable {
    var cases: [ReportedCase] = []
    /// Why the report is incomplete or contradicts itself: fewer tests than planned, bailed out, broken XML.
    var problem: String?
    /// How many tests were planned; nil if the report has no plan.
    var planned: Int?
    /// Why nothing was tested, if the script says so.
    var skipped: String?
}

/// Names of the cases that a script reported: one line, unique within the script's step, with the host's label.
enum ReportedNames {
    private static let longest = 200

    static func unique(_ parts: [ReportedCase], label: String?, except name: String) -> [(part: ReportedCase, name: String)] {
        var taken: Set = [name]
        return parts.map { part in
            let line = PlainText.clean(part.name).split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let base = Observed.cut(line.isEmpty ? "unnamed" : line, to: longest)
            var number = 1
            var candidate = ""
            repeat {
                candidate = base + (number > 1 ? " (\(number))" : "") + (label.map { " (\($0))" } ?? "")
                number += 1
            } while !taken.insert(candidate).inserted
            return (part, candidate)
        }
    }
}
