public import MatrixCore

/// A name that only one run holds: an address of a pool, a VMID, a static host.
public struct Claim: Sendable, Hashable {
    /// What kind of name it is, with its pool: `proxmox.address`, `pi-farm.host`.
    public var kind: String
    public var name: String
    public var run: RunID
    /// The process that claimed it.
    public var owner: Owner
    public var since: Timestamp
    /// When another machine's claim expires; nil for never.
    public var until: Timestamp?

    public init(kind: String, name: String, run: RunID, owner: Owner, since: Timestamp, until: Timestamp? = nil) {
        self.kind = kind
        self.name = name
        self.run = run
        self.owner = owner
        self.since = since
        self.until = until
    }
}
