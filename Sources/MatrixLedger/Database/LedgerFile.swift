import GRDB
import MatrixCore
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Opens the database file and brings its tables to the present version.
enum LedgerFile {
    /// - Throws: `DatabaseError`, or one of ``LedgerFailure``'s own kinds.
    static func open(_ file: String, patience: Duration) throws -> DatabaseQueue {
        try makePrivate(file)
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return try openOnce(file, patience: patience)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline {
                // SQLite does not wait by itself if another process makes the file a WAL database, or is the last to close it.
                usleep(UInt32.random(in: 5000...25000))
            }
        }
    }

    private static func openOnce(_ file: String, patience: Duration) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: file, configuration: configuration(patience: patience))
        if try Schema.ask(queue, Schema.migrator.hasBeenSuperseded) { throw NewerSchema() }
        try Schema.migrate(queue)
        try RowCheck.examine(queue)
        return queue
    }

    /// SQLite itself would make the file readable to all. Its companion files get the same mode.
    private static func makePrivate(_ file: String) throws {
        // Do not open and close it: a close drops the locks of every connection that this process has on the file (fcntl(2)).
        guard mknod(file, S_IFREG | 0o600, 0) != 0, errno != EEXIST else { return }
        throw UnusableFolder(reason: "\(Errno(rawValue: errno))")
    }

    private static func configuration(patience: Duration) -> Configuration {
        var configuration = Configuration()
        configuration.label = "ledger"
        configuration.busyMode = .timeout(patience.inSeconds)
        configuration.prepareDatabase { database in
            // GRDB's own WAL mode lowers `synchronous` to NORMAL, which loses the last commits in a power cut.
            guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else { throw NoSharedMemory() }
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return configuration
    }
}

/// The file's tables have a version that this program does not know.
struct NewerSchema: Error {}

/// The file system has no shared memory for the write-ahead log.
struct NoSharedMemory: Error {}

/// The folder or file cannot be opened for writing.
struct UnusableFolder: Error {
    let reason: String
}
