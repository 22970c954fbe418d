import Foundation
import MatrixCore

/// What drivers keep between runs of an account: folders for building images, images of machines.
struct CacheLeftovers {
    let folder: String

    /// - Parameter isInUse: whether a cell is up or a run goes on: a machine's disk may build on an image of the cache.
    func find(olderThan age: Duration, isInUse: Bool, now: Date = .now) -> [Leftover] {
        let opened = isInUse ? [] : Self.openFiles(below: folder)
        return items().compactMap { path in
            guard let written = DiskUse.newest(of: path), now.timeIntervalSince(written) > age.inSeconds else { return nil }
            let isOpen = opened.contains { $0 == path || $0.hasPrefix("\(path)/") }
            return Leftover(
                kind: .cache, name: path, bytes: DiskUse.bytes(of: path),
                obstacle: isInUse ? "a cell is up, or a run goes on" : isOpen ? "a process has it open" : nil)
        }
    }

    /// The entries of each driver's folder. A lock stays: a process that waits for it would lock a file that is gone.
    private func items() -> [String] {
        Self.names(in: folder).flatMap { driver in Self.names(in: "\(folder)/\(driver)").map { "\(folder)/\(driver)/\($0)" } }
            .filter { !$0.hasSuffix(".lock") && (try? FileManager.default.destinationOfSymbolicLink(atPath: $0)) == nil }
    }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// The files that processes of this account have open.
    private static func openFiles(below folder: String) -> Set<String> {
        let processes = names(in: "/proc").filter { $0.allSatisfy(\.isNumber) }
        return Set(
            processes.flatMap { process in
                names(in: "/proc/\(process)/fd").compactMap {
                    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\($0)")
                }
            }.filter { $0.hasPrefix("\(folder)/") })
    }
}
