public import MatrixCore
public struct HostProvisioner: Provisioner {
    public init() {}
    public func provision(_ host: Host, of cell: CellPlan, peers: [HostAddress], log: @escaping @Sendable (OutputLine) async -> Void) async throws -> [String: String] { [:] }
}
