public import MatrixCore

/// One line of a lease's journal; lines are added, never changed.
public struct LeaseEvent: Sendable, Hashable {
    public var time: Timestamp
    /// `intended`, `absent`, `created`, `reachable`, `kept`, `leaked`, `destroyed`.
    public var event: String
    /// The resource's id at the platform as it was known then; empty before.
    public var resource: String
    /// Why it is leaked.
    public var why: String?
}
