internal import Glibc
internal import SystemPackage

/// A lock that processes on this machine share; the kernel releases it when its holder ends or dies.
package enum FileLock {
    /// Runs `body` while holding the lock.
    ///
    /// - Parameters:
    ///   - path: the lock file. It is made and never removed: removing it would let two holders in.
    ///   - limit: how long to wait for it: a stopped process (SIGSTOP) keeps its locks.
    ///   - waiting: called once if another process holds the lock.
    /// - Throws: `InfrastructureError` if the lock cannot be had in time; what `body` throws.
    package static func withLock<R: Sendable>(
        _ path: String, within limit: Duration, waiting: @Sendable () -> Void = {}, _ body: () async throws -> R
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
        try await acquire(file, path, within: limit, waiting: waiting)
        return try await body()
    }

    private static func acquire(_ file: FileDescriptor, _ path: String, within limit: Duration, waiting: @Sendable () -> Void) async throws
    {
        let end = ContinuousClock.now + limit
        var isToldOf = false
        var pause = Duration.milliseconds(5)
        while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
            let cause = Errno(rawValue: errno)
            guard cause == .wouldBlock || cause == .interrupted else {
                throw InfrastructureError("the lock file \(path) cannot be locked", why: "\(cause)", isTransient: false)
            }
            if !isToldOf { waiting() }
            isToldOf = true
            guard ContinuousClock.now < end else {
                throw InfrastructureError(
                    "the lock file \(path) cannot be locked", why: "another process has held it for \(limit.brief)",
                    next: "find the process with: fuser -v \(ShellQuoting.quote(path)); it may be stopped", isTransient: false)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(250))
        }
    }
}
