/// The durable record of every outside resource, of runs and of how long things took. Every call returns once it is on disk.
public protocol Ledger: Sendable {
    /// Records a run and its owner, this process.
    func begin(_ run: RunRecord) async throws
    /// Records the end of a run.
    func end(_ run: RunID, exitStatus: ExitStatus) async throws
    /// Writes down that a resource is about to be made.
    func intend(_ resource: Resource) async throws -> LeaseID
    /// Writes down the id under which it was made.
    func created(_ lease: LeaseID, _ resource: Resource) async throws
    /// Writes down how its host is reached.
    func reachable(_ lease: LeaseID, at endpoint: Endpoint) async throws
    /// Writes down that it is confirmed as gone.
    func destroyed(_ lease: LeaseID) async throws
    /// Writes down that it may be left behind.
    func leaked(_ lease: LeaseID, why: String) async throws
    /// Writes down that it stays up on purpose.
    func keep(_ lease: LeaseID) async throws
    /// Writes down that a resource whose create has no known end was asked for and is not there.
    ///
    /// - Returns: when that was first so.
    func absent(_ lease: LeaseID) async throws -> Timestamp
    /// Writes down what a phase of a cell came to; the same again replaces it, and forgets the cell's later phases.
    func record(_ record: PhaseRecord, of cell: String, in run: RunID) async throws
    /// What the cells of a run have come to, by the cells' names: each one's phases in their order.
    func progress(of run: RunID) async throws -> [String: [PhaseRecord]]
    /// All leases that are not confirmed as gone, oldest first.
    func open() async throws -> [Lease]
    /// Runs that have no end although their process is gone: killed, or the machine went down.
    func unfinishedRuns() async throws -> [RunRecord]
    /// A run's record.
    func run(_ run: RunID) async throws -> RunRecord?
    /// Adds the cells of a finished run to the history.
    func remember(_ result: RunResult) async throws
    /// How long cells took in recent passed runs of a matrix, in seconds by phase, by their names; a cell that never passed has nothing.
    func expectedDurations(matrix: String, cells: [String]) async throws -> [String: [Phase: Double]]
}
