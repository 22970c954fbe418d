internal import Foundation

/// A lock file between processes: a process waits while another one builds the same.
struct BuildLock: Sendable {
    let path: String

    init(_ name: String, in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = "\(folder)/\(name.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." }).lock"
    }

    /// Runs `work` while no other process holds the lock of this name.
    func hold<R: Sendable>(waiting: @Sendable () -> Void, _ work: () async throws -> R) async throws -> R {
        try await FileLock.withLock(path, waiting: waiting, work)
    }
}
