internal import MatrixCore
import MatrixRemote

/// Hosts as virtual machines of this machine, each with a disk on a distribution's cloud image, reached at a port of 127.0.0.1.
///
/// Its parts do the work: ``QemuPreflight`` checks, ``BaseImages`` has the images, ``GuestNetwork`` makes a cell's network,
/// ``GuestCreation`` makes guests, ``GuestReadiness`` waits for them, ``GuestLauncher`` starts and ends processes.
struct QemuPlatform: Platform {
    static let guestKind = "guest"
    static let networkKind = "network"

    let name: String
    let settings: QemuSettings
    let context: PlatformContext
    let surroundings: QemuSurroundings
    private let images: BaseImages
    private let shelf: GuestShelf
    private let launcher: GuestLauncher
    private let memory: MemoryBook

    init(name: String, settings: QemuSettings, context: PlatformContext, surroundings: QemuSurroundings) {
        self.name = name
        self.settings = settings
        self.context = context
        self.surroundings = surroundings
        images = BaseImages(
            settings: settings, runner: context.runner, architecture: surroundings.architecture, folder: surroundings.images)
        shelf = GuestShelf(state: context.state)
        launcher = GuestLauncher(runner: context.runner, control: surroundings.control, shelf: shelf)
        memory = MemoryBook(surroundings)
    }

    private var network: GuestNetwork {
        GuestNetwork(settings: settings, surroundings: surroundings, shelf: shelf, launcher: launcher)
    }

    private func creation(_ access: RunAccess) -> GuestCreation {
        GuestCreation(settings: settings, surroundings: surroundings, shelf: shelf, launcher: launcher, access: access)
    }

    private func access(to resource: Resource) throws -> RunAccess {
        if let access = context.access { return access }
        throw InfrastructureError(
            "guest \(resource.name) cannot be reached", why: "this state folder does not hold the run's keys",
            next: "use the state folder of its run", isTransient: false)
    }

    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] {
        await QemuPreflight(settings: settings, surroundings: surroundings, images: images, state: context.state, most: memory.most)
            .problems(of: cells)
    }

    func origins(of cells: [CellPlan]) async -> [HostOrigin] {
        cells.map(\.os).unique.compactMap { system in
            let names = cells.filter { $0.os == system }.map(\.name)
            return switch images.source(of: system) {
            case .file(let path): HostOrigin(cells: names, source: "image \(path)", reason: "the settings name it")
            case .pinned(let image): HostOrigin(cells: names, source: "image \(image.url)", reason: "the settings name it")
            case .published(let url, _): HostOrigin(cells: names, source: "image \(url)", reason: "the newest of the distribution")
            case nil: nil
            }
        }
    }

    func reserve(_ cell: CellPlan, run: RunID, expires: Timestamp?, waiting: @escaping @Sendable (String) -> Void) async throws {
        let guests = Dictionary(cell.hosts.map { (guestName($0, run), settings.size(of: $0).memory) }) { $1 }
        var told = ""
        while let reason = memory.promise(guests) {
            if reason != told { waiting(reason) }
            told = reason
            try await Task.sleep(for: .seconds(1))
        }
    }

    func prepare(_ cell: CellPlan, progress: @escaping @Sendable (String) -> Void) async throws {
        _ = try await images.image(of: cell.os, progress: progress)
    }

    private func guestName(_ host: HostPlan, _ run: RunID) -> String { "\(host.name)-\(run)" }

    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        let network = Resource(
            platform: name, kind: Self.networkKind, name: "\(cell.name)-net-\(run)", run: run, cell: cell.name, expires: expires)
        let guests = cell.hosts.map { host in
            Resource(
                platform: name, kind: Self.guestKind, name: guestName(host, run), run: run, cell: cell.name, host: host.name,
                expires: expires, details: ["network": network.name])
        }
        return [[network], guests]
    }

    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        guard resource.kind == Self.guestKind else { return try await network.make(resource, hosts: cell.hosts.count) }
        let image = try await images.image(of: cell.os) { _ in }
        return try await creation(access(to: resource)).make(resource, of: cell, from: image)
    }

    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        let readiness = GuestReadiness(
            settings: settings, control: surroundings.control, shelf: shelf, launcher: launcher, access: try access(to: resource))
        return try await readiness.endpoint(of: resource, waiting: waiting)
    }

    func destroy(_ resource: Resource) async throws {
        try await launcher.end(resource)
        try shelf.remove(resource)
        memory.release(resource.name)
        shelf.tidy(resource.run)
        // Looked at again: only what is not there any more is gone.
        if shelf.isOurs(resource) == true {
            throw InfrastructureError(
                "\(resource.kind) \(resource.name) could not be removed", why: "\(shelf.folder(of: resource)) is still there",
                next: "see who writes there: fuser -v \(ShellQuoting.quote(shelf.folder(of: resource)))", type: .destroyQemu)
        }
    }

    func remaining(of run: RunID) async throws -> [Resource] {
        let known = shelf.resources(of: run)
        let nameless = shelf.unrecorded(of: run).map { folder in
            Resource(platform: name, kind: kind(ofFolder: folder, run), name: folder, run: run, cell: "")
        }
        return try known + nameless + strays().filter { $0.run == run && !known.map(\.name).contains($0.name) }
    }

    func owned() async throws -> [Resource] {
        let known = shelf.resources()
        let names = Set(known.map { "\($0.run) \($0.name)" })
        return try known + strays().filter { !names.contains("\($0.run) \($0.name)") }
    }

    private func kind(ofFolder folder: String, _ run: RunID) -> String {
        folder.hasSuffix("-net-\(run)") ? Self.networkKind : Self.guestKind
    }

    /// What runs without a folder: somebody removed it.
    private func strays() throws -> [Resource] {
        let mark = try shelf.mark()
        let names = surroundings.control.processes().map(\.name).filter { $0.mark == mark }.unique
        return names.map { found in
            Resource(platform: name, kind: found.kind, name: found.name, id: found.name, run: found.run, cell: "", expires: found.expires)
        }
    }

    /// A create is a process of this machine, and starts others.
    func settleTime(of resource: Resource) async -> Duration { .zero }

    func power(_ resource: Resource, on: Bool) async throws {
        let power = GuestPower(
            settings: settings, launcher: launcher, network: network, creation: on ? creation(try access(to: resource)) : nil, shelf: shelf,
            shutdownLimit: surroundings.shutdownLimit)
        try await power.turn(resource, on: on)
    }

    func trouble(with resource: Resource) async -> String? {
        guard resource.kind == Self.guestKind, let processes = try? launcher.processes(of: resource) else { return nil }
        if processes.isEmpty { return "its QEMU has ended" }
        return await GuestTrouble(control: surroundings.control, shelf: shelf).pause(of: resource)
    }

    func evidence(of resource: Resource) async -> [Evidence] {
        resource.kind == Self.guestKind ? GuestEvidence(shelf: shelf).all(of: resource) : []
    }

    func records(of resource: Resource) async -> [Evidence] { await evidence(of: resource) }

    func entrances(to resource: Resource) -> [String] {
        resource.kind == Self.guestKind ? GuestEvidence.entrances(GuestConsole(folder: shelf.folder(of: resource))) : []
    }

    func facts(_ resource: Resource) -> [String: String] {
        resource.details.filter { ["image", "accel", "address", "cores"].contains($0.key) }
    }
}
