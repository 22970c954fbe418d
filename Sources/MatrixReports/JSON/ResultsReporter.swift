public import MatrixCore

/// Writes `results.json`: the run itself, the source of every other document.
public struct ResultsReporter: Reporter {
    /// The file's name in a report's folder.
    public static let name = ResultsFile.name

    public func write(_ result: RunResult, into directory: String) throws -> [String] {
        [try ReportFile.write(Self.name, into: directory, text: try JSON.encode(Self.finite(result), pretty: true) + [UInt8(ascii: "\n")])]
    }

    /// JSON has no infinity: an infinite duration is written as 0.
    private static func finite(_ result: RunResult) -> RunResult {
        var result = result
        for cell in result.cells.indices {
            for test in result.cells[cell].cases.indices where !result.cells[cell].cases[test].seconds.isFinite {
                result.cells[cell].cases[test].seconds = 0
            }
        }
        return result
    }
}
