/// A run on the ledger.
public struct RunRecord: Sendable, Hashable, Codable {
    public var run: RunID
    public var matrix: String
    /// The matrix file's absolute path.
    public var file: String
    public var started: Timestamp
    public var owner: Owner
    /// Each platform's settings as JSON, secrets as their sources: `reap` works without the file.
    public var platforms: [String: String]
    /// The report's absolute path.
    public var reports: String
    /// What its command line selected and set, by option (`cell`, `where`, `set`, `tags`, `shard`, `keep`, `parallel`,
    /// `fail-fast`): a later process uses the same.
    public var arguments: [String: [String]]
    public var exitStatus: ExitStatus?

    public init(
        run: RunID, matrix: String, file: String, started: Timestamp, owner: Owner, platforms: [String: String], reports: String,
        arguments: [String: [String]] = [:], exitStatus: ExitStatus? = nil
    ) {
        self.run = run
        self.matrix = matrix
        self.file = file
        self.started = started
        self.owner = owner
        self.platforms = platforms
        self.reports = reports
        self.arguments = arguments
        self.exitStatus = exitStatus
    }
}
