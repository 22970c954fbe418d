internal import Glibc
internal import MatrixCore
internal import SystemPackage

/// A lock that processes on this machine share; the kernel releases it when its holder ends or dies.
enum FileLock {
    /// Runs `body` while holding the lock.
    ///
    /// - Parameters:
    ///   - path: the lock file. It is made and never removed: removing it would let two holders in.
    ///   - waiting: called once if another process holds the lock.
    static func withLock<R: Sendable>(
        _ path: String, waiting: @Sendable () -> Void, _ body: () async throws -> R
    ) async throws -> R {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(FilePath(path), .readWrite, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
        } catch {
            throw InfrastructureError(
                "the lock file \(path) cannot be opened", why: "\(error)",
                next: "make its folder writable for this account", isTransient: false)
        }
        defer { try? file.close() }
        try await acquire(file, path, waiting: waiting)
        return try await body()
    }

    private static func acquire(_ file: FileDescriptor, _ path: String, waiting: @Sendable () -> Void) async throws {
        var isToldOf = false
        while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
            let cause = Errno(rawValue: errno)
            guard cause == .wouldBlock || cause == .interrupted else {
                throw InfrastructureError("the lock file \(path) cannot be locked", why: "\(cause)", isTransient: false)
            }
            if !isToldOf { waiting() }
            isToldOf = true
            try await Task.sleep(for: .milliseconds(250))
        }
    }
}
