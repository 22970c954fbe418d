internal import MatrixCore

/// The content of `ctrf.json`, with the members of the Common Test Report Format.
struct CTRFDocument: Encodable {
    struct Results: Encodable {
        var tool: Tool
        var summary: Summary
        /// Empty here: they are encoded one after the other.
        var tests: [CTRFTest] = []
        var environment: Environment
    }

    struct Tool: Encodable {
        var name = "matrix"
        var version: String?
    }

    /// Counts, and times in milliseconds since 1970.
    struct Summary: Encodable {
        var tests: Int
        var passed: Int
        var failed: Int
        var skipped: Int
        var pending = 0
        var other = 0
        var flaky: Int
        var suites: Int
        var start: Int
        var stop: Int
        var duration: Int
    }

    struct Environment: Encodable {
        var reportName: String
        var commit: String?
        var shardId: String?
        var healthy: Bool
        var extra: Extra
    }

    struct Extra: Encodable {
        var exitStatus: ExitStatus
        var file: String
    }

    var reportFormat = "CTRF"
    var specVersion = "0.0.0"
    var runId: String
    var timestamp: String
    var generatedBy = "matrix"
    var results: Results

    /// The document without its tests.
    init(_ run: ReportedRun, _ suites: [JUnitSuite]) {
        let result = run.result
        let totals = suites.reduce(JUnitTotals()) { $0 + $1.totals }
        let flaky = suites.reduce(0) { $0 + $1.cell.cases.count(where: CTRFTest.isFlaky) }
        runId = ReportText.line(result.run.value, limit: JUnitLimits.label)
        timestamp = result.finished.description
        let duration = Self.milliseconds(result.finished.seconds(since: result.started))
        let start = Int(nearest: result.started.seconds * 1000)
        results = Results(
            tool: Tool(version: result.environment["matrix"].map { ReportText.line($0, limit: JUnitLimits.label) }),
            summary: Summary(
                tests: totals.tests, passed: totals.tests - totals.failures - totals.errors - totals.skipped,
                failed: totals.failures + totals.errors,
                skipped: totals.skipped, flaky: flaky, suites: suites.count, start: start,
                stop: start + duration, duration: duration),
            environment: Environment(
                reportName: ReportText.line(result.matrix, limit: JUnitLimits.label),
                commit: result.commit.map { ReportText.line($0, limit: JUnitLimits.label) },
                shardId: result.shard.map { "\($0.index)/\($0.count)" }, healthy: result.exitStatus == .passed,
                extra: Extra(exitStatus: result.exitStatus, file: ReportText.line(result.file, limit: JUnitLimits.message))))
    }

    /// Makes the tests, one after the other.
    ///
    /// - Parameter directory: the report's folder; attachments that are not in it are left out.
    static func tests(
        of run: ReportedRun, _ suites: [JUnitSuite], directory: String, _ add: ((any Encodable) throws -> Void)
    ) throws {
        var texts = CTRFTexts()
        for suite in suites {
            var identity = JUnitIdentity(prefix: suite.prefix)
            for test in suite.cell.cases {
                try add(CTRFTest(test, as: identity.next(test), in: suite, of: run, directory: directory, &texts))
            }
        }
    }

    static func milliseconds(_ seconds: Double) -> Int { Int(nearest: Decimal.sane(seconds) * 1000) }
}

/// Shortens the long texts of a document, each and all together.
struct CTRFTexts {
    private var left = JUnitLimits.allTexts

    mutating func block(_ text: String?) -> String? {
        let block = ReportText.block(text ?? "", limit: left > 0 ? JUnitLimits.text : JUnitLimits.textBeyond)
        left -= block.utf8.count
        return block.isEmpty ? nil : block
    }
}
