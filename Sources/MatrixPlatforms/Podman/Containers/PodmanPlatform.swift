internal import MatrixCore
import MatrixRemote

/// Hosts as containers with systemd and sshd on this machine, published on 127.0.0.1.
///
/// Its parts do the work: ``PodmanPreflight`` checks, ``ImageStore`` makes images,
/// ``PodmanCreation`` makes containers and networks, ``PodmanReadiness`` waits for them, ``PodmanRemoval`` finds and removes.
struct PodmanPlatform: Platform {
    static let containerKind = "container"
    static let networkKind = "network"

    let name: String
    let settings: PodmanSettings
    let context: PlatformContext
    let podman: Podman
    let probe: PodmanProbe
    let images: ImageStore
    private let listings: PodmanListings

    init(name: String, settings: PodmanSettings, context: PlatformContext, machine: LocalMachine? = nil) {
        let machine = machine ?? .current(state: context.state)
        self.name = name
        self.settings = settings
        self.context = context
        podman = Podman(runner: context.runner)
        probe = PodmanProbe(podman: podman, machine: machine, runtime: settings.runtime)
        listings = PodmanListings(podman, run: context.access?.run)
        images = ImageStore(
            settings: settings, podman: podman, probe: probe, machine: machine, run: context.access?.run, containers: listings.containers)
    }

    private var removal: PodmanRemoval { PodmanRemoval(podman: podman, platform: name, run: context.access?.run, listings: listings) }

    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] {
        await PodmanPreflight(settings: settings, podman: podman, probe: probe, images: images).problems(of: cells)
    }

    func origins(of cells: [CellPlan]) async -> [HostOrigin] {
        await mapConcurrently(cells.map(\.os).unique, limit: 8) { system -> HostOrigin? in
            guard let base = await images.baseToBuild(system) else { return nil }
            return HostOrigin(
                cells: cells.filter { $0.os == system }.map(\.name), source: base, reason: "of which no image is made yet",
                preparation: "the image of \(system.name) is built first")
        }.compactMap(\.self)
    }

    func prepare(_ cell: CellPlan, progress: @escaping @Sendable (String) -> Void) async throws {
        _ = try await images.image(for: cell.os, progress: progress)
    }

    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        let network = Resource(
            platform: name, kind: Self.networkKind, name: "\(cell.name)-\(run)", run: run, cell: cell.name, expires: expires)
        let details = ["network": settings.network ?? network.name]
        let hosts = cell.hosts.map { host in
            Resource(
                platform: name, kind: Self.containerKind, name: "\(host.name)-\(run)", run: run, cell: cell.name, host: host.name,
                expires: expires,
                details: details)
        }
        return settings.network == nil ? [[network], hosts] : [hosts]
    }

    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        let creation = PodmanCreation(settings: settings, podman: podman, access: context.access, listings: listings)
        guard resource.kind == Self.containerKind else { return try await creation.network(resource) }
        let image = try await images.image(for: cell.os) { _ in }
        do { return try await creation.container(resource, of: cell, image: image, facts: try await probe.facts()) } catch {
            await probe.forget()
            throw error
        }
    }

    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        guard let access = context.access else {
            throw InfrastructureError(
                "host \(resource.host ?? resource.name) cannot be reached", why: "this state folder does not hold the run's keys",
                next: "use the state folder of its run",
                isTransient: false)
        }
        return try await PodmanReadiness(podman: podman, access: access).endpoint(of: resource, waiting: waiting)
    }

    func destroy(_ resource: Resource) async throws {
        try await removal.remove(resource)
    }

    func remaining(of run: RunID) async throws -> [Resource] {
        try await removal.found(of: run)
    }

    func owned() async throws -> [Resource] {
        try await removal.found()
    }

    /// A create is a process on this machine: if no process names the resource, it can no longer appear. The process may outlive its run.
    func settleTime(of resource: Resource) async -> Duration {
        RunningCommands.anyNames(resource.name) ? .seconds(60) : .zero
    }

    func power(_ resource: Resource, on: Bool) async throws {
        let what = "container \(resource.name) could not be \(on ? "started" : "stopped")"
        guard let container = try await podman.container(resource.name), PodmanLabels.belongs(container.labels, to: resource.run) else {
            throw InfrastructureError(what, why: "run \(resource.run) has no such container", next: "see matrix status", isTransient: false)
        }
        try await podman.require(on ? ["start", container.id] : ["stop", "--time", "20", container.id], what)
    }

    func restart(of resource: Resource) -> RestartWay { .byPower }

    func evidence(of resource: Resource) async -> [Evidence] {
        guard resource.kind == Self.containerKind else { return [] }
        return await PodmanEvidence(podman: podman).all(of: resource)
    }

    func entrances(to resource: Resource) -> [String] {
        resource.kind == Self.containerKind ? PodmanEvidence.entrances(to: resource) : []
    }

    func facts(_ resource: Resource) -> [String: String] {
        var facts: [String: String] = [:]
        for key in ["image", "image_id", "base", "podman", "ignored"] { facts[key] = resource.details[key] }
        return facts
    }
}

extension RunAccess {
    /// The run that owns the keys: the end of the public key's comment.
    var run: RunID? {
        guard let comment = publicKey.split(whereSeparator: \.isWhitespace).last, comment.hasPrefix("solti-matrix-run-") else { return nil }
        return RunID(shown: comment.dropFirst("solti-matrix-run-".count))
    }
}
