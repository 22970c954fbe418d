import MatrixCore

/// The VMIDs and addresses that runs hold: in the shared claim book if there is one, else in this process only.
actor ProxmoxClaims {
    static let vmid = "vmid"
    static let address = "address"
    private static let clone = "vmid.clone"
    private static let purpose = "vmid.for"
    private static let build = "vmid.build"
    /// Holds the records of all builds: a later process does not know the id of a build that died.
    private static let builder = RunID("template-builds")

    private let book: (any ClaimBook)?
    private let cluster: String
    private var own: [String: RunID] = [:]
    private var owners: [Int: RunID] = [:]
    /// Records of builds that this process has taken over from dead ones.
    private var inherited: Set<String> = []

    init(_ book: (any ClaimBook)?, cluster: String) {
        self.book = book
        self.cluster = cluster
    }

    /// Claims a VMID for a resource.
    func claim(_ vmid: Int, for resource: Resource) async throws -> Bool {
        guard try await claim(Self.vmid, "\(cluster)/\(vmid)", resource) else { return false }
        owners[vmid] = resource.run
        // During cloning a machine has no name, but a later process must know which resource it is for.
        _ = try await claim(Self.purpose, "\(cluster)/\(vmid)/\(resource.name)", resource)
        return true
    }

    /// Records that the server accepted our clone to a VMID. It does so only if the id is free.
    func accepted(_ vmid: Int, for resource: Resource) async { _ = try? await claim(Self.clone, "\(cluster)/\(vmid)", resource) }

    /// Records that the server has begun to create the machine of a template.
    func began(_ vmid: Int, for resource: Resource) async {
        await accepted(vmid, for: resource)
        _ = try? await claim(Self.build, record(vmid, resource), run: Self.builder, until: nil)
    }

    private func record(_ vmid: Int, _ resource: Resource) -> String { "\(cluster)/\(vmid)/\(resource.run)/\(resource.name)" }

    /// A build whose process died before it could say so.
    struct DeadBuild: Sendable, Hashable {
        var vmid: Int
        var run: RunID
        var name: String

        /// It may be removed at once.
        func resource(platform: String) -> Resource {
            Resource(platform: platform, kind: "template", name: name, id: "\(vmid)", run: run, cell: "", expires: .now)
        }
    }

    /// The builds on this cluster that no process works on any more. A record can be claimed again only if its process is dead.
    func deadBuilds() async throws -> [DeadBuild] {
        guard let book else { return [] }
        for name in try await held(Self.build, by: Self.builder) where !inherited.contains(name) {
            if try await book.claim(kind: Self.build, name: "\(cluster)/\(name)", run: Self.builder, until: nil) { inherited.insert(name) }
        }
        return inherited.sorted().compactMap { name in
            let parts = name.split(separator: "/", maxSplits: 2).map(String.init)
            guard parts.count == 3, let vmid = Int(parts[0]) else { return nil }
            return DeadBuild(vmid: vmid, run: RunID(parts[1]), name: parts[2])
        }
    }

    /// Claims an address for a resource.
    func claim(address: String, for resource: Resource) async throws -> Bool { try await claim(Self.address, address, resource) }

    func release(vmid: Int, of resource: Resource) async {
        owners[vmid] = nil
        await release(Self.purpose, "\(cluster)/\(vmid)/\(resource.name)")
        await release(Self.clone, "\(cluster)/\(vmid)")
        if resource.kind == "template" {
            inherited.remove("\(vmid)/\(resource.run)/\(resource.name)")
            await release(Self.build, record(vmid, resource))
        }
        await release(Self.vmid, "\(cluster)/\(vmid)")
    }

    func release(address: String) async { await release(Self.address, address) }

    /// The VMIDs that a run has claimed on this cluster.
    func vmids(of run: RunID) async throws -> Set<Int> {
        let here = try await ids(Self.vmid, of: run)
        for vmid in here { owners[vmid] = run }
        return here
    }

    /// The owner of a machine, from the view of a run.
    ///
    /// Until its first disk exists, a clone has no name, notes or tags: only the claim on its id shows the owner. A claim alone proves
    /// nothing: somebody may have used the id since it was looked up. With the record that the server accepted our clone, it does.
    func standing(of vmid: Int, _ value: Value, for run: RunID) async throws -> Standing {
        let config = MachineConfig(value)
        if config.isTemplate { return .others }
        if let owner = Ownership.run(of: value) { return owner == run ? .ours : .others }
        // A name proves nothing: a clone of ours gets its notes together with its name.
        guard config.name.isEmpty, try await vmids(of: run).contains(vmid) else { return .others }
        return try await ids(Self.clone, of: run).contains(vmid) ? .ours : .unknown
    }

    private func ids(_ kind: String, of run: RunID) async throws -> Set<Int> { Set(try await held(kind, by: run).compactMap { Int($0) }) }

    /// The claims of one kind that a run holds on this cluster.
    private func held(_ kind: String, by run: RunID) async throws -> [String] {
        let mark = "\(kind)/"
        let all =
            try await book?.held(kind: kind, by: run)
            ?? own.filter { $0.value == run && $0.key.hasPrefix(mark) }.map { String($0.key.dropFirst(mark.count)) }
        return all.filter { $0.hasPrefix("\(cluster)/") }.map { String($0.dropFirst(cluster.count + 1)) }
    }

    /// The name of the resource that a run has claimed a VMID for.
    func name(of vmid: Int, by run: RunID) async throws -> String? {
        let mark = "\(vmid)/"
        return try await held(Self.purpose, by: run).first { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }

    /// The run that a VMID was claimed for, if this process knows it.
    func owner(of vmid: Int) -> RunID? { owners[vmid] }

    private func claim(_ kind: String, _ name: String, _ resource: Resource) async throws -> Bool {
        try await claim(kind, name, run: resource.run, until: resource.expires)
    }

    private func claim(_ kind: String, _ name: String, run: RunID, until: Timestamp?) async throws -> Bool {
        if let book { return try await book.claim(kind: kind, name: name, run: run, until: until) }
        guard own["\(kind)/\(name)"] == nil else { return false }
        own["\(kind)/\(name)"] = run
        return true
    }

    private func release(_ kind: String, _ name: String) async {
        own["\(kind)/\(name)"] = nil
        // A claim that stays does no harm: the id is unused until the claim expires.
        try? await book?.release(kind: kind, name: name)
    }
}

/// The owner of a machine.
enum Standing: Sendable, Hashable {
    case ours
    case others
    /// It may be our clone that died before it had a name, or somebody else's machine.
    case unknown
}
