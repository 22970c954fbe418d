internal import MatrixCore

/// One case in the Common Test Report Format.
struct CTRFTest: Encodable {
    struct Retry: Encodable {
        /// Counts from 1.
        var attempt: Int
        var status: String
        var message: String?
        var trace: String?
    }

    struct Attachment: Encodable {
        var name: String
        var contentType: String
        var path: String
    }

    var testId: String
    var name: String
    var status: String
    /// Times are milliseconds.
    var duration: Int
    var start: Int
    var stop: Int
    /// The cell, then the step.
    var suite: [String]
    var rawStatus: String
    var message: String?
    var trace: String?
    var filePath: String?
    var line: Int?
    var tags: [String]
    /// The axes.
    var labels: [String: String]
    var retries: Int?
    var retryAttempts: [Retry]?
    var flaky: Bool?
    var attachments: [Attachment]?

    init(
        _ test: CaseResult, as identity: (className: String, name: String), in suite: JUnitSuite, of run: ReportedRun, directory: String,
        _ texts: inout CTRFTexts
    ) {
        let place = suite.interval.place(test)
        let verdict = JUnitVerdict(test, in: suite.cell, of: run)
        testId = "\(identity.className) \(identity.name)"
        name = identity.name
        status = Self.status(verdict)
        rawStatus = test.outcome.rawValue
        duration = CTRFDocument.milliseconds(place.seconds)
        start = Int(nearest: place.start.seconds * 1000)
        stop = start + duration
        let step = ReportText.line(test.step, limit: JUnitLimits.label)
        self.suite = [suite.name, step.isEmpty ? test.phase.rawValue : step]
        tags = [test.phase.rawValue]
        labels = Dictionary(
            suite.cell.point.map {
                (ReportText.line($0.axis, limit: JUnitLimits.label), ReportText.line($0.value, limit: JUnitLimits.label))
            }
        ) { first, _ in first }
        message = Self.message(test, verdict)
        trace = verdict == .failure || verdict == .error ? texts.block(test.detail) : nil
        filePath = test.location.map { ReportText.line($0.file, limit: JUnitLimits.message) }
        line = test.location?.line
        (retries, retryAttempts, flaky) = (nil, nil, nil)
        attachments = Self.attachments(test, directory)
        if !test.attempts.isEmpty { addAttempts(of: test, &texts) }
    }

    /// Whether it passed only after other tries.
    static func isFlaky(_ test: CaseResult) -> Bool { !test.attempts.isEmpty && test.outcome == .passed }

    private static func status(_ verdict: JUnitVerdict) -> String {
        switch verdict {
        case .passed: "passed"
        case .failure, .error: "failed"
        case .skipped: "skipped"
        }
    }

    private static func message(_ test: CaseResult, _ verdict: JUnitVerdict) -> String? {
        switch verdict {
        case .passed: nil
        case .failure, .error: JUnitVerdict.message(test)
        case .skipped(let reason): reason
        }
    }

    private mutating func addAttempts(of test: CaseResult, _ texts: inout CTRFTexts) {
        let attempts = test.attempts.suffix(JUnitLimits.attempts)
        retries = test.attempts.count
        flaky = Self.isFlaky(test)
        let skipped = test.attempts.count - attempts.count
        retryAttempts = attempts.enumerated().map { index, attempt in
            Retry(
                attempt: skipped + index + 1, status: "failed",
                message: JUnitVerdict.message(attempt.message, or: attempt.detail, outcome: attempt.outcome),
                trace: texts.block(attempt.detail))
        }
    }

    private static func attachments(_ test: CaseResult, _ directory: String) -> [Attachment]? {
        let paths = test.attachments.filter { ReportFile.isNameable($0) && ReportFile.holds($0, in: directory) }
        guard !paths.isEmpty else { return nil }
        return paths.map { path in
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return Attachment(name: name, contentType: name.hasSuffix(".log") ? "text/plain" : "application/octet-stream", path: path)
        }
    }
}
