/// Names one lease in the ledger.
public struct LeaseID: Sendable, Hashable, Codable {
    public var value: Int64
    public init(_ value: Int64) { self.value = value }
}

/// A resource on the ledger.
public struct Lease: Sendable, Hashable {
    /// Its state.
    public enum State: String, Sendable, Codable {
        /// About to be created; it may or may not exist.
        case intended
        case created
        /// Up on purpose.
        case kept
        /// Could not be removed, or its state is unknown.
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
