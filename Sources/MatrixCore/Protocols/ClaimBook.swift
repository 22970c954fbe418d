/// Claims on names that a platform hands out without reserving them (a VMID, an address), safe between processes of one machine.
public protocol ClaimBook: Sendable {
    /// Claims `name` for a run if nobody holds it.
    ///
    /// - Parameters:
    ///   - kind: what is claimed: `vmid`, `address`.
    ///   - name: unique within its kind: `pve.example.net/20001`, `192.168.101.90`.
    ///   - until: when the claim lapses by itself; nil: until its owner releases it.
    /// - Returns: whether this caller holds it now; false also if another cell of the same run holds it.
    func claim(kind: String, name: String, run: RunID, until: Timestamp?) async throws -> Bool
    /// Releases a claim; does nothing if there is none.
    func release(kind: String, name: String) async throws
    /// The names of a kind that a run holds.
    func held(kind: String, by run: RunID) async throws -> [String]
}
