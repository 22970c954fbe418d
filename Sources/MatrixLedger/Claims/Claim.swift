import MatrixCore

/// A name that only one run holds: an address of a pool, a VMID, a static host.
public struct Claim: Sendable, Hashable {
    /// What kind of name it is, with its pool: `proxmox.address`, `pi-farm.host`.
    public var kind: String
    public var name: String
    var run: RunID
    /// The process that claimed it.
    var owner: Owner
    var since: Timestamp
    /// When another machine's claim expires; nil for never.
    var until: Timestamp?
}
