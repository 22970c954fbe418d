/// The durable record of hosts that exist before and after every run: who holds which, what must be undone on them, which are
/// out of order, and who waits. Safe between processes of one machine; every call returns once it is on disk.
public protocol PoolBook: Sendable {
    /// Records a pool's hosts; deletes those that the pool no longer names, unless they are held or not clean.
    ///
    /// - Parameter names: the host's name by machine. A machine is `address:port` in lower case, the same in every pool.
    func know(_ names: [String: String], of pool: String) async throws
    /// All hosts that are known, by pool and name.
    func hosts() async throws -> [PoolHost]
    /// Leases machines for a cell's resources, all of them or none.
    ///
    /// A machine is free if nobody holds it, or if its holder is gone: the process and the run's owner are dead and
    /// nothing of it is kept. The dead run's ledger entry for it is then closed.
    /// - Parameters:
    ///   - seats: the resource's name by machine.
    ///   - until: when another machine's lease lapses; nil for never.
    /// - Returns: whether this caller holds all of them now.
    func lease(_ seats: [String: String], of pool: String, run: RunID, cell: String, until: Timestamp?) async throws -> Bool
    /// Records what is about to be done to a leased machine, before it is done.
    func note(_ changes: Value, on machine: String) async throws
    /// Takes a note back: nothing of it was done, and the machine is as it was before.
    func restore(_ machine: String, needsReset: Bool, changes: Value?) async throws
    /// Records that a leased machine is reset.
    func clean(_ machine: String) async throws
    /// Makes this process the owner of a lease whose owner is gone; false if another living process has it.
    func adopt(_ machine: String, of run: RunID) async throws -> Bool
    /// Ends a run's lease. A machine that is not clean is reset before its next use.
    func giveBack(_ machine: String, of run: RunID, isClean: Bool) async throws
    /// Puts a machine into quarantine until somebody lifts it.
    func quarantine(_ machine: String, because reason: String) async throws
    /// Ends a machine's quarantine. It must still be reset; nothing of a run counts as left on it any more.
    func lift(_ machine: String) async throws
    /// Puts a cell of this process at the end of the queue.
    func join(_ pool: String, run: RunID, cell: String, count: Int, machines: [String]) async throws -> PoolWaiter
    /// Removes a cell from the queue.
    func leave(_ waiter: PoolWaiter) async throws
    /// Who waits, in order of arrival; only living processes.
    func queue() async throws -> [PoolWaiter]
}

/// A host of a pool on record.
public struct PoolHost: Sendable, Hashable {
    /// Who has it.
    public struct Holder: Sendable, Hashable {
        public var run: RunID
        public var cell: String
        /// The resource's name: `<host>-<run>`.
        public var resource: String
        public var owner: Owner
        /// Whether it is still in use: its process lives, or it is kept.
        public var isInUse: Bool
        public var since: Timestamp
        public var until: Timestamp?

        public init(run: RunID, cell: String, resource: String, owner: Owner, isInUse: Bool, since: Timestamp, until: Timestamp?) {
            self.run = run
            self.cell = cell
            self.resource = resource
            self.owner = owner
            self.isInUse = isInUse
            self.since = since
            self.until = until
        }
    }

    /// Why it is in quarantine.
    public struct Quarantine: Sendable, Hashable {
        public var since: Timestamp
        public var why: String

        public init(since: Timestamp, why: String) {
            self.since = since
            self.why = why
        }
    }

    public var pool: String
    public var name: String
    public var machine: String
    public var holder: Holder?
    public var quarantine: Quarantine?
    /// Whether it must be reset before it is used.
    public var needsReset: Bool
    /// What its last run did to it, for the reset.
    public var changes: Value?

    public init(
        pool: String, name: String, machine: String, holder: Holder? = nil, quarantine: Quarantine? = nil, needsReset: Bool = true,
        changes: Value? = nil
    ) {
        self.pool = pool
        self.name = name
        self.machine = machine
        self.holder = holder
        self.quarantine = quarantine
        self.needsReset = needsReset
        self.changes = changes
    }
}

/// A cell that waits for hosts of a pool.
public struct PoolWaiter: Sendable, Hashable {
    /// Its place in the queue: lower numbers came earlier.
    public var ticket: Int64
    public var pool: String
    public var run: RunID
    public var cell: String
    public var owner: Owner
    public var since: Timestamp
    /// How many hosts it waits for.
    public var count: Int
    /// The machines that it can use.
    public var machines: [String]

    public init(
        ticket: Int64, pool: String, run: RunID, cell: String, owner: Owner, since: Timestamp, count: Int, machines: [String]
    ) {
        self.ticket = ticket
        self.pool = pool
        self.run = run
        self.cell = cell
        self.owner = owner
        self.since = since
        self.count = count
        self.machines = machines
    }
}
