internal import Foundation

/// A lock between processes, on a file: whoever wants what another is making waits for it.
struct BuildLock: Sendable {
    let path: String

    init(_ name: String, in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = "\(folder)/\(name.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." }).lock"
    }

    /// Runs `work` while nobody else does under the same name.
    func hold<R: Sendable>(waiting: @Sendable () -> Void, _ work: () async throws -> R) async throws -> R {
        try await FileLock.withLock(path, waiting: waiting, work)
    }
}
