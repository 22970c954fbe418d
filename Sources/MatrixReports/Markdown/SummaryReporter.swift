import MatrixCore

/// Writes `summary.md`, for GitHub's step summary of a job and for comments in merge requests.
struct SummaryReporter: Reporter {
    /// The file's name in a report's folder.
    static let name = "summary.md"
    /// Bytes; GitHub refuses a step summary above one mebibyte.
    static let limit = 900_000

    func write(_ result: RunResult, into directory: String) throws -> [String] {
        [try ReportFile.write(Self.name, into: directory, text: Self.text(ReportedRun(result)).utf8)]
    }

    /// The summary, cut between two parts if it would be too long.
    static func text(_ run: ReportedRun, limit: Int = limit) -> String {
        let end = SummaryParts.end(run)
        let room = limit - end.utf8.count - 200
        var text = ""
        for part in SummaryParts.all(of: run) {
            guard text.utf8.count + part.utf8.count <= room else { return text + "… the rest is in index.html\n\n" + end }
            text += part
        }
        return text + end
    }
}
