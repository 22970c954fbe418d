import MatrixCore

/// Gives a machine a free address of the pool: claims it among the runs of this machine, and checks on the server that no machine of
/// another runner uses it.
struct AddressChoice: Sendable {
    let platform: String
    let pool: AddressPool
    let cluster: ProxmoxCluster
    let claims: ProxmoxClaims

    private static let tries = 12

    /// Chooses an address and writes it to the machine with `apply`.
    ///
    /// Runs with other state folders choose from the same pool, and only the server knows them. So the address is looked up again
    /// after the write. If two machines got the same one, at least one run sees it, and that run chooses again.
    /// - Returns: the address and the machine's configuration.
    func take(for resource: Resource, _ vmid: Int, apply: @Sendable (String) async throws -> MachineConfig) async throws -> (
        String, MachineConfig
    ) {
        for attempt in 1...Self.tries {
            if let address = try await claim(for: resource, avoiding: try await used(besides: vmid), inOrder: attempt == 1) {
                do {
                    let config = try await apply(address)
                    guard try await used(besides: vmid).contains(address) else { return (address, config) }
                } catch {
                    await claims.release(address: address)
                    throw error
                }
                await claims.release(address: address)
            } else if attempt == 1 {
                break
            }
            // An address that looked used may be free again: the other run may have chosen another one.
            try await Task.sleep(for: cluster.client.pace.retry.pause(before: attempt))
        }
        throw none(for: resource, "all \(pool.all.count) addresses of the pool are claimed")
    }

    private func claim(for resource: Resource, avoiding taken: Set<String>, inOrder: Bool) async throws -> String? {
        // If two chose the same address, they must not do so again.
        let free = pool.all.filter { !taken.contains($0) }
        for address in inOrder ? free : free.shuffled() where try await claims.claim(address: address, for: resource) { return address }
        return nil
    }

    private func none(for resource: Resource, _ why: String) -> InfrastructureError {
        InfrastructureError(
            "no free address for \(resource.name)", why: why,
            next: "widen addresses.range, or lower limits.platform.\(platform)", type: .proxmoxAddresses)
    }

    /// The addresses of our other machines, of any run.
    private func used(besides vmid: Int) async throws -> Set<String> {
        try await mappingProxmoxFaults("looking for a free address") {
            var addresses: Set<String> = []
            for machine in try await cluster.machines() where machine.vmid != vmid && Ownership.run(of: machine) != nil {
                let config = try await cluster.config(machine.vmid, on: machine.node).map(MachineConfig.init)
                if let address = config?.staticAddress { addresses.insert(address) }
            }
            return addresses
        }
    }
}
