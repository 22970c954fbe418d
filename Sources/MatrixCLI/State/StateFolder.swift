import Foundation
import MatrixCore
import MatrixLedger
import MatrixRemote

/// The state folder: the ledger, and a private folder for each run.
struct StateFolder {
    let path: String
    /// The results of earlier runs.
    let history: SQLiteLedger

    init(_ path: String) throws {
        self.path = path
        history = try SQLiteLedger(state: path)
    }

    /// The state folder at a path, to look at: nil if there is none. Nothing is made.
    static func existing(_ path: String) throws -> StateFolder? {
        FileManager.default.fileExists(atPath: path) ? try StateFolder(path) : nil
    }

    var ledger: any Ledger { history }
    /// Claims on ids and addresses, in the same database.
    var claims: any ClaimBook { history }
    /// Hosts of pools, in the same database.
    var pools: any PoolBook { history }

    /// How long runs and history are remembered.
    private static let memory = Duration.seconds(180 * 86400)

    /// Forgets runs and history older than 180 days, except runs that have left something.
    func prune() async throws {
        try await history.prune(olderThan: Timestamp.wall + (.zero - Self.memory))
    }

    /// The path of a run's private folder, which may not exist.
    func directory(of run: RunID) -> String { "\(path)/runs/\(run)" }

    /// Creates the private folder of a run, if it does not exist, and takes it over.
    func makeDirectory(of run: RunID) throws -> String {
        let directory = directory(of: run)
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw UsageError(
                "the run's folder \(directory) cannot be created: \(FileProblem.words(error))", hint: "choose another one with --state")
        }
        let file = RunFile(in: directory)
        if file?.owner.isAlive != true { try RunFile(owner: .current(), record: file?.record).write(in: directory) }
        return directory
    }

    /// Records a run on the ledger, which refuses one that another process works on, then in its folder: from now on it may create
    /// something.
    func begin(_ record: RunRecord) async throws {
        try await ledger.begin(record)
        try RunFile(owner: record.owner, record: record).write(in: directory(of: record.run))
    }

    /// Removes the keys and sockets of a run that has left nothing.
    func removeDirectory(of run: RunID) {
        let directory = directory(of: run)
        try? FileManager.default.removeItem(atPath: directory)
        SSHConnector.removeShortFolder(for: directory)
    }
}
