public import MatrixCore

/// Writes `results.json`: the run itself, the source of every other document.
public struct ResultsReporter: Reporter {
    /// The file's name in a report's folder.
    public static let name = ResultsFile.name

    public func write(_ result: RunResult, into directory: String) throws -> [String] {
        var run = result
        run.cells = []
        let document = try LongJSON(run, list: "cells", pretty: true)
        return [
            try ReportFile.write(Self.name, into: directory) { file in
                try document.write(to: file) { add in
                    for cell in result.cells { try add(Self.finite(cell)) }
                }
            }
        ]
    }

    /// JSON has no infinity: an infinite duration is written as 0.
    private static func finite(_ cell: CellResult) -> CellResult {
        guard !cell.cases.allSatisfy(\.seconds.isFinite) else { return cell }
        var cell = cell
        for test in cell.cases.indices where !cell.cases[test].seconds.isFinite { cell.cases[test].seconds = 0 }
        return cell
    }
}
