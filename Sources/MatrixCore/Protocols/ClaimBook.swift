/// Claims on names that a platform hands out without reserving them (a VMID, an address), safe between processes of one machine.
public protocol ClaimBook: Sendable {
    /// Claims `name` for a run, where nobody holds it.
    ///
    /// - Parameters:
    ///   - kind: what is claimed: `vmid`, `address`.
    ///   - name: unique within its kind: `pve.example.net/20001`, `192.168.101.90`.
    ///   - until: when the claim lapses by itself; nil for when its owner gives it back.
    /// - Returns: whether it is this caller's now; false also where the same run holds it, as its cells exclude each other too.
    func claim(kind: String, name: String, run: RunID, until: Timestamp?) async throws -> Bool
    /// Gives a claim back; nothing happens where there is none.
    func release(kind: String, name: String) async throws
    /// The names of a kind that a run holds.
    func held(kind: String, by run: RunID) async throws -> [String]
}

extension ClaimBook {
    public func held(kind: String, by run: RunID) async throws -> [String] { [] }
}
