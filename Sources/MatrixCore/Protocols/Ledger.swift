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

/// Names one lease in the ledger.
public struct LeaseID: Sendable, Hashable, Codable {
    public var value: Int64
    public init(_ value: Int64) { self.value = value }
}

/// A resource on the ledger.
public struct Lease: Sendable, Hashable {
    /// How far it has come.
    public enum State: String, Sendable, Codable {
        /// About to be made; it may or may not be there.
        case intended
        case created
        /// Up on purpose.
        case kept
        /// Could not be removed, or nobody knows.
        case leaked
    }

    public var id: LeaseID
    public var resource: Resource
    public var state: State
    public var endpoint: Endpoint?
    /// The run's owner.
    public var owner: Owner
    /// Whether that process still runs on this machine.
    public var isOwnerAlive: Bool
    /// When the intent was written: the resource is no older.
    public var since: Timestamp
    /// Why it is leaked.
    public var why: String?

    public init(
        id: LeaseID, resource: Resource, state: State, endpoint: Endpoint? = nil, owner: Owner, isOwnerAlive: Bool, since: Timestamp,
        why: String? = nil
    ) {
        self.id = id
        self.resource = resource
        self.state = state
        self.endpoint = endpoint
        self.owner = owner
        self.isOwnerAlive = isOwnerAlive
        self.since = since
        self.why = why
    }
}

/// A process, so that another can tell whether it is still there.
public struct Owner: Sendable, Hashable, Codable {
    public var pid: Int32
    /// The process's start in clock ticks since boot: a pid is used again, this pair is not.
    public var startTicks: Int64
    /// The machine's boot id.
    public var boot: String
    public var machine: String

    public init(pid: Int32, startTicks: Int64, boot: String, machine: String) {
        self.pid = pid
        self.startTicks = startTicks
        self.boot = boot
        self.machine = machine
    }
}

/// A run on the ledger.
public struct RunRecord: Sendable, Hashable {
    public var run: RunID
    public var matrix: String
    /// The matrix file's absolute path.
    public var file: String
    public var started: Timestamp
    public var owner: Owner
    /// Each platform's settings as JSON, secrets as their sources, so that `reap` works without the file.
    public var platforms: [String: String]
    /// The report's absolute path.
    public var reports: String
    /// What its command line selected and set, by option (`cell`, `where`, `set`, `tags`, `shard`, `keep`, `parallel`,
    /// `fail-fast`): a later process goes on with the same.
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
