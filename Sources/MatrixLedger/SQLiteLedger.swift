public import MatrixCore

/// The ledger in one SQLite file, `<state>/state.db`: safe between processes, and on disk before any call returns.
///
/// Writes that arrive together share a transaction, so a thousand cells at once cost far fewer than a thousand syncs.
/// Writes of a cancelled task are still finished: cleanup depends on them.
public final class SQLiteLedger: Ledger {
    /// The database file's path.
    public let file: String
    let commits: GroupCommit

    /// Opens `<state>/state.db`. Makes the folder (mode 0700) and the file if they do not exist.
    ///
    /// - Throws: `UsageError` if the folder cannot be used or the file was written by a newer `matrix`;
    ///   `InfrastructureError` if the file is damaged, or locked for longer than ten seconds.
    public convenience init(state: String) throws {
        try self.init(state: state, patience: .seconds(10))
    }

    /// - Parameter patience: how long to wait for another process's lock.
    init(state: String, patience: Duration) throws {
        try LedgerFolder.prepare(state)
        let file = "\(state)/state.db"
        self.file = file
        do {
            commits = GroupCommit(try LedgerFile.open(file, patience: patience))
        } catch {
            throw LedgerFailure(error, file: file).whenOpening
        }
    }

    /// Runs one write and returns once it is on disk.
    func write<R: Sendable>(_ what: String, _ work: @escaping @Sendable (LedgerSession) throws -> R) async throws -> R {
        do {
            return try await commits.write { try work(LedgerSession($0)) }
        } catch {
            throw LedgerFailure(error, file: file).during(what)
        }
    }

    /// Reads from one snapshot of the database.
    func read<R: Sendable>(_ what: String, _ work: @escaping @Sendable (LedgerSession) throws -> R) async throws -> R {
        do {
            return try await commits.read { try work(LedgerSession($0)) }
        } catch {
            throw LedgerFailure(error, file: file).during(what)
        }
    }
}
