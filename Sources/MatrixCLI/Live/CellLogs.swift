import Foundation
import MatrixCore
import MatrixReports

/// The logs of a cell's steps in the report of a run.
struct CellLogs {
    /// A file of the cell's folder: `deploy-web_server.log`.
    struct Log {
        let name: String
        let path: String
    }

    let cell: String
    /// The folder of the report.
    let report: String

    private var folder: String { "\(report)/artifacts/\(cell)" }

    /// The logs that are there, in the order of the phases, and within a phase of their last lines.
    func all() -> [Log] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let logs = names.filter { $0.hasSuffix(".log") }.map { name in
            (log: Log(name: name, path: "\(folder)/\(name)"), order: Self.order(name), time: FileStamp.time(of: "\(folder)/\(name)"))
        }
        return logs.sorted { ($0.order, $0.time, $0.log.name) < ($1.order, $1.time, $1.log.name) }.map(\.log)
    }

    /// Whether a log is of a step, a phase or a file that a person names: `web server`, `deploy`, `deploy-web_server`, a glob.
    static func isNamed(_ name: String, by wanted: String) -> Bool {
        let whole = name.hasSuffix(".log") ? String(name.dropLast(4)) : name
        let parts = whole.split(separator: "-", maxSplits: 1).map(String.init)
        let names = [name, whole] + (parts.count > 1 && Phase(rawValue: parts[0]) != nil ? parts : [])
        // As the name of a step becomes the name of a file.
        let mapped = LogName.part(wanted)
        return names.contains { $0 == wanted || $0 == mapped || Glob.matches(wanted, $0) }
    }

    private static func order(_ name: String) -> Int {
        Phase.allCases.first { name == "\($0.rawValue).log" || name.hasPrefix("\($0.rawValue)-") }?.order ?? Phase.allCases.count
    }
}

extension CellLogs {
    /// Finds the newest report with the cell that a person means.
    ///
    /// - Parameters:
    ///   - run: a run's id, `latest` or a folder; nil for the newest report that has the cell.
    /// - Throws: `UsageError` if there is none, or if several cells are meant.
    static func find(_ wanted: String, run: String?, in folder: ReportsFolder) throws -> CellLogs {
        let reports = try run.map { [try folder.find($0)] } ?? folder.entries().newestFirst.map(\.path)
        var known: [String] = []
        for report in reports {
            guard let result = try? ResultsFile.read(report) else { continue }
            let names = result.cells.map(\.name)
            if known.isEmpty { known = names }
            let meant = NameChoice.matches(wanted, among: names)
            if let cell = meant.only { return CellLogs(cell: cell, report: report) }
            guard meant.isEmpty else {
                throw UsageError("'\(wanted)' means \(meant.count) cells of \(report)", hint: "name one: \(listed(meant))")
            }
        }
        let place = run.map { "run \($0)" } ?? folder.root
        throw UsageError(
            "no cell '\(wanted)' is in the reports of \(place)",
            hint: known.isEmpty ? "run a matrix first, or name the folder with --reports" : "the newest has \(listed(known))")
    }

    private static func listed(_ names: [String]) -> String {
        names.count > 8 ? "\(names.prefix(8).joined(separator: ", ")) and \(names.count - 8) more" : names.joined(separator: ", ")
    }
}

extension [ReportEntry] {
    /// By the time at which the report was last written: the report of a command on kept cells is newer than its run's.
    fileprivate var newestFirst: [ReportEntry] {
        map { (entry: $0, time: FileStamp.time(of: "\($0.path)/results.json")) }.sorted { $0.time > $1.time }.map(\.entry)
    }
}
