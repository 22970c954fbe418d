internal import Foundation
import Glibc
import MatrixCore

/// A lock between processes, on a file: whoever wants what another is making waits for it.
struct BuildLock: Sendable {
    let path: String

    init(_ name: String, in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = "\(folder)/\(name.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." }).lock"
    }

    /// Runs `work` while nobody else does under the same name.
    func hold<R: Sendable>(waiting: @Sendable () -> Void, _ work: () async throws -> R) async throws -> R {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw InfrastructureError("locking \(path)", why: String(cString: strerror(errno)), next: "make the state folder writable", isTransient: false)
        }
        // Closing the file gives the lock back, also when this process dies.
        defer { close(file) }
        var told = false
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            if !told { waiting() }
            told = true
            try await Task.sleep(for: .milliseconds(200))
        }
        return try await work()
    }
}
