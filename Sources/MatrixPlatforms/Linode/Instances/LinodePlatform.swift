import MatrixCore
import MatrixRemote

/// Instances of Linode, made from its images.
final class LinodePlatform: Platform {
    let name: String
    let settings: LinodeSettings
    let client: LinodeClient
    let catalogue: LinodeCatalogue
    private let context: PlatformContext
    private let hostKeys: LinodeHostKeys
    private let pacer: CreatePacer
    private let tags: LinodeTags
    private let doubts = UnconfirmedCreates()
    /// How long the server may still work on a create whose reply was lost, in its seconds.
    private static let settling = 30.0

    init(name: String, settings: LinodeSettings, client: LinodeClient, context: PlatformContext) {
        self.name = name
        self.settings = settings
        self.client = client
        self.context = context
        catalogue = LinodeCatalogue(client: client, settings: settings)
        hostKeys = LinodeHostKeys(context: context)
        pacer = CreatePacer(client.pace)
        tags = LinodeTags(client)
    }

    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] {
        await LinodePreflight(client: client, catalogue: catalogue, settings: settings).problems(cells)
    }

    func price(of cell: CellPlan) async throws -> Price? {
        try await linode("asking \(name) for its prices") {
            var total: Price?
            for host in cell.hosts {
                guard let price = try await catalogue.offers(for: host.size, of: cell.os).first?.price else { return nil }
                total = total.map { $0 + price } ?? price
            }
            return total
        }
    }

    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        [
            cell.hosts.map { host in
                Resource(
                    platform: name, kind: LinodeInstance.kind, name: LinodeLabel.of("\(host.name)-\(run)"), run: run, cell: cell.name,
                    host: host.name,
                    expires: expires)
            }
        ]
    }

    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        guard let access = context.access else {
            throw InfrastructureError("creating \(resource.name)", why: "this run has no key pair", isTransient: false)
        }
        let creation = LinodeCreation(
            client: client, catalogue: catalogue, settings: settings, hostKeys: hostKeys, pacer: pacer, tags: tags, doubts: doubts,
            publicKey: access.publicKey)
        let size = cell.hosts.first { $0.name == resource.host }?.size ?? HostSize()
        return try await linode("creating \(resource.name)") { try await creation.make(resource, os: cell.os, size: size) }
    }

    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        guard let access = context.access else {
            throw InfrastructureError("reaching \(resource.name)", why: "this run has no key pair", isTransient: false)
        }
        guard resource.details["untagged"] == nil else { throw Self.untagged(resource) }
        let address = try await linode("waiting for \(resource.name)") {
            try await LinodeBoot(client: client, resource: resource).address(waiting: waiting)
        }
        return Endpoint(
            address: address, port: settings.port, user: "root", keyFile: access.keyFile, knownHostsFile: access.knownHostsFile,
            alias: resource.name,
            hostKeys: [resource.details["host_key"]].compactMap(\.self))
    }

    private static func untagged(_ resource: Resource) -> InfrastructureError {
        InfrastructureError(
            "creating \(resource.name)", why: "Linode \(resource.id) has no tags",
            next: "use the token of an unrestricted user: a restricted user may not set tags",
            type: .linodeTags, isTransient: false)
    }

    func destroy(_ resource: Resource) async throws { try await LinodeRemoval(client: client, tags: tags).remove(resource) }

    func settleTime(of resource: Resource) async -> Duration {
        doubts.isOpen(resource.name) ? .seconds(Self.settling * client.pace.second) : .zero
    }

    func remaining(of run: RunID) async throws -> [Resource] {
        try await linode("asking \(name) for the instances of run \(run)") {
            let tag = Resource.Tag.run(run)
            let found = try await client.instances(["tags": .string(tag)])
            return found.filter { $0.tags.contains(tag) }.map { $0.resource(on: name, of: run) }
        }
    }

    func owned() async throws -> [Resource] {
        try await linode("asking \(name) for the instances of all runs") {
            try await client.instances().compactMap { instance in instance.run.map { instance.resource(on: name, of: $0) } }
        }
    }

    func power(_ resource: Resource, on: Bool) async throws { try await LinodePower(client: client, resource: resource).turn(on: on) }

    func evidence(of resource: Resource) async -> [Evidence] { await LinodeEvidence(client: client).all(of: resource) }

    func facts(_ resource: Resource) -> [String: String] {
        var facts = resource.details.filter { ["region", "type", "image"].contains($0.key) }
        facts["linode"] = resource.id
        facts["price"] = price(of: resource)?.text
        return facts
    }
}
