import MatrixCore

/// Writes `ctrf.json`: the run in the Common Test Report Format, for tools that read it.
///
/// Both an error and a failure are `failed` there; `rawStatus` keeps the outcome.
struct CTRFReporter: Reporter {
    /// The file's name in a report's folder.
    static let name = "ctrf.json"

    func write(_ result: RunResult, into directory: String) throws -> [String] {
        let run = ReportedRun(result)
        let suites = JUnitSuite.all(of: run)
        let document = try LongJSON(CTRFDocument(run, suites), list: "tests")
        return [
            try ReportFile.write(Self.name, into: directory) { file in
                try document.write(to: file) { try CTRFDocument.tests(of: run, suites, directory: directory, $0) }
            }
        ]
    }
}
