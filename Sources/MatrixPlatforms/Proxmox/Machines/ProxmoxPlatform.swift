import MatrixCore
import MatrixRemote
internal import Synchronization

/// Virtual machines on Proxmox VE, cloned from cloud-init templates.
final class ProxmoxPlatform: Platform {
    let name: String
    let settings: ProxmoxSettings
    let context: PlatformContext
    let connection: ProxmoxConnection
    let cluster: ProxmoxCluster
    let templates: TemplateShelf
    private let claims: ProxmoxClaims
    private let clones = KeyedSemaphores { _ in 3 }
    private let agentCalls = KeyedSemaphores { _ in 2 }

    init(name: String, settings: ProxmoxSettings, connection: ProxmoxConnection, context: PlatformContext) throws {
        self.name = name
        self.settings = settings
        self.context = context
        self.connection = connection
        cluster = ProxmoxCluster(client: connection.client, nodes: settings.nodes)
        claims = ProxmoxClaims(context.claims, cluster: settings.cluster)
        let builder = settings.templates == .auto ? ProxmoxTemplates(settings: settings, connection: connection, context: context) : nil
        templates = TemplateShelf(cluster: cluster, settings: settings, builder: builder)
    }

    private var removal: MachineRemoval { MachineRemoval(cluster: cluster, claims: claims, shell: connection.shell, settings: settings) }
    private var power: MachinePower { MachinePower(cluster: cluster) }

    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] {
        await ProxmoxPreflight(
            platform: name, cluster: cluster, settings: settings, hasShell: connection.shell != nil, builds: settings.templates == .auto
        )
        .problems(cells)
    }

    func origins(of cells: [CellPlan]) async -> [HostOrigin] {
        await TemplateOrigins(cluster: cluster, settings: settings, mayBuild: settings.templates == .auto).all(of: cells)
    }

    func prepare(_ cell: CellPlan, progress: @escaping @Sendable (String) -> Void) async throws {
        try await templates.placements(for: cell.os, progress: progress)
    }

    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        [
            cell.hosts.map { host in
                Resource(
                    platform: name, kind: "vm", name: "\(host.name)-\(run)", run: run, cell: cell.name, host: host.name, expires: expires)
            }
        ]
    }

    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        let placement = try await templates.placement(for: cell.os)
        let clone = MachineClone(cluster: cluster, claims: claims, removal: removal, settings: settings, semaphores: clones)
        let vmid = try await clone.make(resource, at: placement)
        var made = resource
        made.id = "\(vmid)"
        made.details = ["node": placement.node, "template": "\(placement.template.name) (\(placement.template.vmid))"]
        made.details["agent"] = placement.template.hasGuestAgent(cell.os).map { $0 ? "inside" : "none" }
        let size = cell.hosts.first { $0.name == resource.host }?.size ?? HostSize()
        return try await configure(made, vmid, on: placement.node, size)
    }

    private func configure(_ made: Resource, _ vmid: Int, on node: String, _ size: HostSize) async throws -> Resource {
        var made = made
        let setup = MachineSetup(cluster: cluster, settings: settings)
        let apply: @Sendable (String?) async throws -> MachineConfig = { [made, context] address in
            try await mappingProxmoxFaults("configuring \(made.name) (VM \(vmid))") {
                try await setup.apply(made, vmid, on: node, size: size, address: address, key: context.access?.publicKey ?? "")
            }
        }
        guard settings.isStatic, let pool = settings.addresses else {
            made.details["storages"] = try await apply(nil).storages.joined(separator: ",")
            return made
        }
        let choice = AddressChoice(platform: name, pool: pool, cluster: cluster, claims: claims)
        let (address, config) = try await choice.take(for: made, vmid) { try await apply($0) }
        made.details["address"] = address
        made.details["storages"] = config.storages.joined(separator: ",")
        return made
    }

    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        guard let access = context.access, let vmid = Int(resource.id) else {
            throw InfrastructureError("reaching \(resource.name)", why: "this run has no key pair", isTransient: false)
        }
        let node = resource.details["node"] ?? settings.nodes[0]
        let found = try await boot(vmid, on: node, resource, cell, waiting)
        var keys: [String] = []
        if found.isFromAgent {
            waiting("reading the host keys through the guest agent")
            keys = try await HostKeyReader(cluster: cluster, semaphores: agentCalls).keys(of: vmid, on: node)
        }
        return Endpoint(
            address: found.address, user: settings.user, keyFile: access.keyFile, knownHostsFile: access.knownHostsFile,
            alias: resource.name, hostKeys: keys)
    }

    private func boot(
        _ vmid: Int, on node: String, _ resource: Resource, _ cell: CellPlan, _ waiting: @escaping @Sendable (String) -> Void
    ) async throws -> AddressFinder.Found {
        waiting("starting VM \(vmid) on \(node)")
        let config = try await mappingProxmoxFaults("starting \(resource.name) (VM \(vmid))") {
            try await power.start(vmid, on: node)
            return MachineConfig(try await cluster.config(vmid, on: node) ?? .null)
        }
        if let address = config.staticAddress { return AddressFinder.Found(address: address, isFromAgent: false) }
        let hasAgent = resource.details["agent"].map { $0 == "inside" } ?? cell.os.hasGuestAgent
        return try await AddressFinder(
            cluster: cluster, shell: connection.shell, settings: settings, semaphores: agentCalls, hasGuestAgent: hasAgent,
            limit: cell.timeouts[.create]
        ).find(vmid, on: node, config, waiting: waiting)
    }

    func destroy(_ resource: Resource) async throws { try await removal.remove(resource) }

    func remaining(of run: RunID) async throws -> [Resource] {
        try await mappingProxmoxFaults("asking \(name) for the machines of run \(run)") {
            let claimed = try await claims.vmids(of: run)
            return try await resources { machine in
                Ownership.run(of: machine) == run || Ownership.isNamed(machine.name, by: run) || claimed.contains(machine.vmid)
            }.filter { $0.run == run }
        }
    }

    func owned() async throws -> [Resource] {
        try await mappingProxmoxFaults("asking \(name) for the machines of all runs") {
            try await resources { Ownership.run(of: $0) != nil || Ownership.mayBeOurs($0.name) || TemplateNotes.mayBeUnfinished($0) }
                + deadBuilds()
        }
    }

    /// Machines of template builds whose process and whose server's worker died: only the claim on the id tells whose they are.
    private func deadBuilds() async throws -> [Resource] {
        var found: [Resource] = []
        for build in try await claims.deadBuilds() {
            guard let (node, config) = try await cluster.find(build.vmid, first: nil), MachineConfig(config).name.isEmpty else { continue }
            var resource = build.resource(platform: name)
            resource.details["node"] = node
            found.append(resource)
        }
        return found
    }

    /// The machines that are ours by their configuration.
    private func resources(where mayBe: (Machine) -> Bool) async throws -> [Resource] {
        var found: [Resource] = []
        for machine in try await cluster.machines() where !machine.isTemplate && mayBe(machine) {
            guard let config = try await cluster.config(machine.vmid, on: machine.node), let run = try await owner(of: machine, config)
            else { continue }
            let claimed = machine.name.isEmpty ? try await claims.name(of: machine.vmid, by: run) : nil
            found.append(Ownership.resource(machine, config, platform: name, name: claimed, run: run))
        }
        return found
    }

    private func owner(of machine: Machine, _ config: Value) async throws -> RunID? {
        if let run = Ownership.run(of: config) { return run }
        // During cloning a machine has no name and no notes: then the claimed id shows whose it may be.
        guard MachineConfig(config).name.isEmpty else { return nil }
        return await claims.owner(of: machine.vmid)
    }

    func power(_ resource: Resource, on: Bool) async throws {
        try await mappingProxmoxFaults("switching \(resource.name) \(on ? "on" : "off")") {
            guard let vmid = Int(resource.id), let (node, config) = try await cluster.find(vmid, first: resource.details["node"]) else {
                throw ProxmoxFault(
                    request: "VM \(resource.id)", status: 500,
                    message: "the machine does not exist any more", kind: .missing)
            }
            guard Ownership.run(of: config) == resource.run else {
                throw ProxmoxFault(request: "VM \(vmid)", message: "it is not a machine of run \(resource.run)", kind: .fatal)
            }
            guard on else { return try await power.shutDown(vmid, on: node) }
            // A machine of an earlier version has its template's balloon: a node short of memory would take memory from it.
            if MachineConfig(config)["balloon"] != "0" {
                try await cluster.client.change(ProxmoxRequest(.set, ["nodes", node, "qemu", "\(vmid)", "config"], ["balloon": 0]))
            }
            try await power.start(vmid, on: node)
        }
    }

    func trouble(with resource: Resource) async -> String? {
        guard let vmid = Int(resource.id), let node = resource.details["node"],
            let now = try? await cluster.client.get(["nodes", node, "qemu", "\(vmid)", "status", "current"])
        else { return nil }
        return Self.trouble(of: now).map { "VM \(vmid) on \(node) \($0)" }
    }

    func evidence(of resource: Resource) async -> [Evidence] { await ProxmoxEvidence(cluster: cluster).all(of: resource) }

    /// What a machine's status says of a lost connection.
    static func trouble(of status: Value) -> String? {
        if let state = status["status"]?.string, state != "running" { return "is \(state)" }
        guard let left = status["balloon"]?.number, let all = status["maxmem"]?.number, left < all * 0.9 else { return nil }
        let sizes = "\(ByteSize.brief(Int(nearest: left))) of its \(ByteSize.brief(Int(nearest: all)))"
        return "has only \(sizes) of memory: the node took the rest (balloon)"
    }

    func facts(_ resource: Resource) -> [String: String] {
        resource.details.filter { ["node", "template"].contains($0.key) }.merging(["vmid": resource.id]) { $1 }
    }
}
