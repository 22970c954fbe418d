import MatrixCore

/// Writes `ctrf.json`: the run in the Common Test Report Format, for tools that read it.
///
/// Both an error and a failure are `failed` there; `rawStatus` keeps the outcome.
struct CTRFReporter: Reporter {
    /// The file's name in a report's folder.
    static let name = "ctrf.json"

    func write(_ result: RunResult, into directory: String) throws -> [String] {
        let document = CTRFDocument(ReportedRun(result), directory: directory)
        return [try ReportFile.write(Self.name, into: directory, text: try JSON.encode(document) + [UInt8(ascii: "\n")])]
    }
}
