import Foundation
import MatrixCore

/// A report in the folder of reports.
struct ReportEntry: Hashable {
    /// The folder's name: a run's id, or `<run>-deploy`.
    let name: String
    let path: String
    /// The run that it is of.
    let run: RunID

    /// Nil for a folder that no run of ours made.
    init?(name: String, in root: String) {
        guard let match = name.wholeMatch(of: /([0-9]{6}-[0-9]{6}-[0-9a-z]{4})(-(provision|deploy|verify|create)(-[0-9]+)?)?/) else {
            return nil
        }
        let path = "\(root)/\(name)"
        guard (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) == nil,
            FileManager.default.fileExists(atPath: "\(path)/results.json")
        else { return nil }
        self.name = name
        self.path = path
        run = RunID(String(match.output.1))
    }

    /// When its run began, as the run's id says.
    var began: Timestamp? { run.began }

    /// Tells whether `results.json` was written since.
    var stamp: String { FileStamp.of("\(path)/results.json") }
}

/// Tells whether a file was written since: its size and time.
enum FileStamp {
    static func of(_ path: String) -> String {
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        return "\((facts?[.size] as? NSNumber)?.int64Value ?? 0) \(time(of: facts))"
    }

    /// When a file was last written, in seconds; 0 if there is none.
    static func time(of path: String) -> Double { time(of: try? FileManager.default.attributesOfItem(atPath: path)) }

    private static func time(of facts: [FileAttributeKey: Any]?) -> Double {
        (facts?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    }
}

extension ReportsFolder {
    /// The reports of our runs, newest first.
    func entries() -> [ReportEntry] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.sorted(by: >).compactMap { ReportEntry(name: $0, in: root) }
    }

    /// The name of the report that `latest` points to.
    var latest: String? { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(root)/latest") }
}
