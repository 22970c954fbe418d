/// Prepares a bare host for every deployer: the PROVISION phase.
public protocol Provisioner: Sendable {
    /// Provisions one host. A repetition changes nothing.
    ///
    /// - Parameter peers: every host of the cell, for /etc/hosts.
    /// - Throws: `InfrastructureError`.
    /// - Returns: facts about the host for reports.
    func provision(
        _ host: Host, of cell: CellPlan, peers: [Host], log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [String: String]
}
