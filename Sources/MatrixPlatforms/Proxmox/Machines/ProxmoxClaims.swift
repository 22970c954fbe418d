import MatrixCore

/// The VMIDs and addresses that runs hold: in the shared book where there is one, else in this process alone.
actor ProxmoxClaims {
    static let vmid = "vmid"
    static let address = "address"

    private let book: (any ClaimBook)?
    private let cluster: String
    private var own: [String: RunID] = [:]
    /// Which resource each VMID was taken for: a machine has no name while it is being cloned.
    private var names: [Int: String] = [:]
    private var owners: [Int: RunID] = [:]

    init(_ book: (any ClaimBook)?, cluster: String) {
        self.book = book
        self.cluster = cluster
    }

    /// Claims a VMID for a resource.
    func claim(_ vmid: Int, for resource: Resource) async throws -> Bool {
        guard try await claim(Self.vmid, "\(cluster)/\(vmid)", resource) else { return false }
        names[vmid] = resource.name
        owners[vmid] = resource.run
        return true
    }

    /// Claims an address for a resource.
    func claim(address: String, for resource: Resource) async throws -> Bool { try await claim(Self.address, address, resource) }

    func release(vmid: Int) async {
        names[vmid] = nil
        owners[vmid] = nil
        await release(Self.vmid, "\(cluster)/\(vmid)")
    }

    func release(address: String) async { await release(Self.address, address) }

    /// The VMIDs that a run has claimed on this cluster.
    func vmids(of run: RunID) async throws -> Set<Int> {
        let held = try await book?.held(kind: Self.vmid, by: run) ?? own.filter { $0.value == run }.map { String($0.key.dropFirst(Self.vmid.count + 1)) }
        let here = held.filter { $0.hasPrefix("\(cluster)/") }.compactMap { Int($0.dropFirst(cluster.count + 1)) }
        for vmid in here { owners[vmid] = run }
        return Set(here)
    }

    /// The run that a VMID was claimed for, as far as this process has heard.
    func owner(of vmid: Int) -> RunID? { owners[vmid] }

    /// The name of the resource that a VMID was claimed for in this process.
    func name(of vmid: Int) -> String? { names[vmid] }

    private func claim(_ kind: String, _ name: String, _ resource: Resource) async throws -> Bool {
        if let book { return try await book.claim(kind: kind, name: name, run: resource.run, until: resource.expires) }
        guard own["\(kind)/\(name)"] == nil else { return false }
        own["\(kind)/\(name)"] = resource.run
        return true
    }

    private func release(_ kind: String, _ name: String) async {
        own["\(kind)/\(name)"] = nil
        // A claim that stays only keeps an id from being used until it lapses.
        try? await book?.release(kind: kind, name: name)
    }
}
