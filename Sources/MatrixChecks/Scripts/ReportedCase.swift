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
    /// Why the report is incomplete: fewer tests than planned, bailed out, broken XML.
    var problem: String?
    /// Why nothing was tested, if the script says so.
    var skipped: String?
}
