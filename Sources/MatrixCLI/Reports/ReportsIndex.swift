import Foundation
import MatrixCore
import MatrixReports

/// `index.html` over all reports of a folder. What it says of each is remembered in `.index.json`, so that a run reads only its own.
struct ReportsIndex {
    /// What the index says of a report.
    struct Line: Codable, Hashable {
        var name: String
        var stamp: String
        var matrix: String
        var started: Timestamp
        var seconds: Double
        var exitStatus: ExitStatus
        /// How many cells have each outcome.
        var cells: [String: Int]
        var isUnfinished: Bool
    }

    static let pageName = "index.html"
    private static let memoryName = ".index.json"

    let folder: ReportsFolder

    /// The reports that can be read, newest first.
    func lines() -> [Line] {
        let data = FileManager.default.contents(atPath: "\(folder.root)/\(Self.memoryName)")
        let known = data.flatMap { try? JSON.decode([Line].self, from: Array($0)) } ?? []
        let byName = Dictionary(known.map { ($0.name, $0) }) { first, _ in first }
        return folder.entries().compactMap { entry in
            let stamp = entry.stamp
            if let line = byName[entry.name], line.stamp == stamp { return line }
            return try? Self.line(of: entry, stamp: stamp)
        }
    }

    /// Writes the page.
    ///
    /// - Throws: `UsageError` if the folder cannot be written.
    func write(_ lines: [Line]) throws {
        try Paths.write(try Terminal.json(lines), to: "\(folder.root)/\(Self.memoryName)", hint: "make the folder of reports writable")
        try Paths.write(
            ReportsIndexPage(lines: lines, latest: folder.latest).text, to: "\(folder.root)/\(Self.pageName)",
            hint: "make the folder of reports writable")
    }

    private static func line(of entry: ReportEntry, stamp: String) throws -> Line {
        let result = try ResultsFile.read(entry.path)
        let cells = Dictionary(grouping: result.cells, by: \.outcome.rawValue).mapValues(\.count)
        return Line(
            name: entry.name, stamp: stamp, matrix: result.matrix, started: result.started,
            seconds: result.finished.seconds(since: result.started), exitStatus: result.exitStatus, cells: cells,
            isUnfinished: result.unfinished == true)
    }
}
