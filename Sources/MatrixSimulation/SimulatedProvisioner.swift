import MatrixCore

/// Provisions nothing: waits as long as the phase takes.
struct SimulatedProvisioner: Provisioner {
    let world: SimulatedWorld

    func provision(
        _ host: Host, of cell: CellPlan, peers: [Host], log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [String: String] {
        try await world.pass(.provision, of: cell.name)
        if let fault = world.fault(in: .provision, of: cell.name) { throw fault.error("provisioning \(host.name)") }
        return ["os.name": cell.os.name, "simulated": "yes"]
    }
}
