import Foundation
import MatrixCore

/// Old reports.
struct ReportLeftovers {
    let retention: ReportRetention

    func find(olderThan age: Duration) -> [Leftover] {
        retention.older(than: age).map { Leftover(kind: .report, name: $0.path, bytes: DiskUse.bytes(of: $0.path)) }
    }
}

/// How much room files take.
enum DiskUse {
    /// The sizes of a file, or of all files of a folder.
    static func bytes(of path: String) -> Int {
        files(of: path).reduce(0) { $0 + size(of: $1) }
    }

    /// When a file, or the newest file of a folder, was written.
    static func newest(of path: String) -> Date? {
        files(of: path).compactMap { (try? FileManager.default.attributesOfItem(atPath: $0))?[.modificationDate] as? Date }.max()
    }

    private static func size(of path: String) -> Int {
        let facts = try? FileManager.default.attributesOfItem(atPath: path)
        guard facts?[.type] as? FileAttributeType == .typeRegular else { return 0 }
        return (facts?[.size] as? NSNumber)?.intValue ?? 0
    }

    /// The path itself, and what is in it.
    private static func files(of path: String) -> [String] {
        [path] + (FileManager.default.enumerator(atPath: path)?.compactMap { ($0 as? String).map { "\(path)/\($0)" } } ?? [])
    }
}
