/// The durable record of every outside resource, of runs and of how long things took. Every call returns once it is on disk.
public protocol Ledger: Sendable {
    /// Records a run and its owner, this process.
    func begin(_ run: RunRecord) async throws
    /// Records the end of a run.
    func end(_ run: RunID, exitStatus: ExitStatus) async throws
    /// Records that a resource is about to be created.
    func intend(_ resource: Resource) async throws -> LeaseID
    /// Records the id of the created resource.
    func created(_ lease: LeaseID, _ resource: Resource) async throws
    /// Records how its host is reached.
    func reachable(_ lease: LeaseID, at endpoint: Endpoint) async throws
    /// Records that it is confirmed as gone.
    func destroyed(_ lease: LeaseID) async throws
    /// Records that it may be left behind.
    func leaked(_ lease: LeaseID, why: String) async throws
    /// Records that it stays up on purpose.
    func keep(_ lease: LeaseID) async throws
    /// Records that a resource was looked for and not found, although its create may still be under way.
    ///
    /// - Returns: when that was first recorded.
    func absent(_ lease: LeaseID) async throws -> Timestamp
    /// Records the result of a cell's phase; replaces an older one, and deletes the cell's later phases.
    func record(_ record: PhaseRecord, of cell: String, in run: RunID) async throws
    /// The recorded phases of a run's cells, in order, by the cells' names.
    func progress(of run: RunID) async throws -> [String: [PhaseRecord]]
    /// All leases that are not confirmed as gone, oldest first.
    func open() async throws -> [Lease]
    /// Runs without an end whose process is gone: killed, or the machine went down.
    func unfinishedRuns() async throws -> [RunRecord]
    /// A run's record.
    func run(_ run: RunID) async throws -> RunRecord?
    /// Adds the cells of a finished run to the history.
    func remember(_ result: RunResult) async throws
    /// How long cells took in recent passed runs of a matrix, in seconds by phase, by their names; nothing for a cell that never passed.
    func expectedDurations(matrix: String, cells: [String]) async throws -> [String: [Phase: Double]]
}
