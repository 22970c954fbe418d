/// Prepares a bare host for every deployer: the PROVISION phase.
public protocol Provisioner: Sendable {
    /// Provisions one host. A repetition changes nothing.
    ///
    /// - Parameter peers: every host of the cell with its internal address, for /etc/hosts.
    /// - Throws: `InfrastructureError`.
    /// - Returns: facts about the host for reports.
    func provision(
        _ host: Host, of cell: CellPlan, peers: [HostAddress], log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [String: String]
}

/// A host's name and the address by which its peers reach it.
public struct HostAddress: Sendable, Hashable {
    public var name: String
    public var address: String

    public init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}
