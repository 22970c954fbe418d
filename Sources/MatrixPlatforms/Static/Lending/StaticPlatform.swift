internal import MatrixCore
import MatrixRemote

/// A pool of existing hosts. Its parts do the work: ``StaticPreflight`` checks, ``PoolLending`` leases, ``PoolLogin`` connects,
/// ``PoolCare`` resets.
struct StaticPlatform: Platform {
    let name: String
    let settings: StaticSettings
    let context: PlatformContext
    let book: any PoolBook
    private let source: PoolSource
    private let lease: HostLease
    private let silent = UnresponsiveHosts()
    private let login: PoolLogin
    private let opened = OpenedHosts()
    private let handBacks = HandBacks()
    private let choosing = AsyncSemaphore(1)
    /// Serialises the creates of a cell that has no reservation.
    private let latecomers = AsyncSemaphore(1)

    /// - Throws: if the state folder cannot be written.
    init(name: String, settings: StaticSettings, context: PlatformContext, book: any PoolBook, connector: any Connector) throws {
        lease = HostLease(state: try StateFolderID.read(in: context.state))
        self.name = name
        self.settings = settings
        self.context = context
        self.book = book
        source = PoolSource(settings, runner: context.runner)
        login = PoolLogin(pool: name, settings: settings, context: context, connector: connector)
    }

    var hostsLiveOn: Bool { true }

    private var care: PoolCare { PoolCare(pool: name, settings: settings, login: login, lease: lease, book: book, silent: silent) }
    private var lending: PoolLending {
        PoolLending(
            pool: name, settings: settings, source: source, book: book, silent: silent, care: care, opened: opened, handBacks: handBacks,
            choosing: choosing)
    }

    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] { await preflight(cells) { _ in } }

    func preflight(_ cells: [CellPlan], possible: @escaping @Sendable (_ cell: String) -> Void) async -> [PreflightProblem] {
        let preflight = StaticPreflight(pool: name, source: source, book: book, login: login, silent: silent)
        let refused = settings.reboot ? [] : PoolRestart.problems(of: cells, in: name)
        return refused + (await preflight.problems(of: cells, possible: { if !refused.contains(cell: $0) { possible($0) } }))
    }

    func reserve(_ cell: CellPlan, run: RunID, expires: Timestamp?, waiting: @escaping @Sendable (String) -> Void) async throws {
        try await lending.reserve(cell, run: run, expires: expires, waiting: waiting)
    }

    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        [
            cell.hosts.map { host in
                Resource(
                    platform: name, kind: "host", name: "\(host.name)-\(run)", run: run, cell: cell.name, host: host.name, expires: expires)
            }
        ]
    }

    /// Opens a leased host for the run, unless that was done when it was reserved.
    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        guard let access = context.access else {
            throw InfrastructureError(
                "host \(resource.name)", why: "this state folder does not hold the run's keys", next: "use the state folder of its run",
                isTransient: false)
        }
        let machine = try await seat(of: resource, cell)
        var made = resource
        made.id = machine.name
        made.details = ["address": machine.address, "port": "\(machine.port)", "user": machine.user, "arch": machine.arch ?? ""]
        made.details["key"] = machine.key
        made.details["host_name"] = machine.hostName
        made.details["host_key_alias"] = machine.hostKeyAlias
        if !machine.options.isEmpty { made.details["ssh_options"] = machine.options.joined(separator: "\n") }
        if !machine.found.isEmpty { made.details["ssh_found"] = machine.found.joined(separator: "\n") }
        do {
            var host = opened.take(resource.name)
            if host == nil {
                host = try await care.openClean(machine, for: cell, key: access.publicKey, run: resource.run, expires: resource.expires)
            }
            if let host { opened.note(host.facts, of: resource.name) }
            made.details["host_keys"] = (host?.keys ?? []).joined(separator: "\n")
        } catch {
            // The next try takes another host if there is one.
            silent.note(machine, isSilent: true)
            throw error
        }
        return made
    }

    /// The machine that is leased for a resource; leased now if the caller did not reserve.
    private func seat(of resource: Resource, _ cell: CellPlan) async throws -> PoolMachine {
        try await latecomers.withPermit {
            if let machine = try await leased(resource) { return machine }
            try await lending.reserve(cell, run: resource.run, expires: resource.expires) { _ in }
            if let machine = try await leased(resource) { return machine }
            throw InfrastructureError("host \(resource.name)", why: "its lease was lost", type: .createPool)
        }
    }

    private func leased(_ resource: Resource) async throws -> PoolMachine? {
        guard let record = try await record(of: resource) else { return nil }
        return try await source.machines().first { $0.id == record.machine }
    }

    private func record(of resource: Resource) async throws -> PoolHost? {
        try await book.hosts().first { $0.pool == name && $0.holder?.run == resource.run && $0.holder?.resource == resource.name }
    }

    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        guard let access = context.access, let address = resource.details["address"] else {
            throw InfrastructureError(
                "host \(resource.host ?? resource.name) cannot be reached", why: "this state folder does not hold the run's keys",
                next: "use the state folder of its run",
                isTransient: false)
        }
        return Endpoint(
            address: address, port: resource.details["port"].flatMap { Int($0) } ?? 22, user: resource.details["user"] ?? "root",
            keyFile: access.keyFile,
            knownHostsFile: access.knownHostsFile, alias: resource.name, hostKeys: Self.lines("host_keys", of: resource),
            internalAddress: resource.details["host_name"],
            furtherOptions: Self.lines("ssh_options", of: resource) + Self.lines("ssh_found", of: resource))
    }

    /// The pool's own connection, as it logs in as the same account. The run's key and the host's are for other programs then.
    func connection(to resource: Resource, at endpoint: Endpoint) async throws -> (any Transport)? {
        guard let machine = machine(of: resource), let open = login.connections.standing(machine) else { return nil }
        try await endpoint.enroll()
        return LentTransport(base: open.transport, facts: opened.facts(of: resource.name))
    }

    func close() async { await login.connections.closeAll() }

    private static func lines(_ detail: String, of resource: Resource) -> [String] {
        (resource.details[detail] ?? "").split(separator: "\n").map(String.init)
    }

    /// Hands a host back: resets it and frees it for the next cell.
    func destroy(_ resource: Resource) async throws {
        guard let record = try await record(of: resource) else { return }
        if let quarantine = record.quarantine { throw PoolCare.refusal(of: record.name, in: name, because: quarantine.why) }
        guard try await book.adopt(record.machine, of: resource.run) else {
            throw InfrastructureError(
                "host \(record.name) of \(name) is not handed back", why: "process \(record.holder?.owner.pid ?? 0) is still working on it",
                next: "wait until that process has ended", type: .poolBusy)
        }
        // Without recorded changes nobody has touched the host in this lease.
        if let changes = record.changes {
            let keys = Self.lines("host_keys", of: resource)
            try await care.reset(try await machine(of: record, resource), changes, keys: keys, from: resource.run)
        } else if let machine = try? await machine(of: record, resource) {
            await care.release(machine)
        }
        try await book.giveBack(record.machine, of: resource.run, isClean: record.changes != nil)
        handBacks.announce()
    }

    /// The machine as it was leased: the settings may have changed since.
    private func machine(of record: PoolHost, _ resource: Resource) async throws -> PoolMachine {
        if var machine = machine(of: resource) {
            machine.name = record.name
            return machine
        }
        if let machine = try await source.machines().first(where: { $0.id == record.machine }) { return machine }
        throw InfrastructureError(
            "host \(record.name) of \(name)", why: "the settings do not name it any more",
            next: "add it to the pool again, or reset it, then: matrix pool lift \(record.name)",
            isTransient: false)
    }

    private func machine(of resource: Resource) -> PoolMachine? {
        let details = resource.details
        guard let address = details["address"], let user = details["user"] else { return nil }
        return PoolMachine(
            name: resource.id, address: address, port: details["port"].flatMap { Int($0) } ?? 22, user: user,
            hostName: details["host_name"], found: Self.lines("ssh_found", of: resource), hostKeyAlias: details["host_key_alias"],
            key: details["key"], os: "", options: Self.lines("ssh_options", of: resource))
    }

    func remaining(of run: RunID) async throws -> [Resource] { try await owned().filter { $0.run == run } }

    func owned() async throws -> [Resource] {
        try await book.hosts().compactMap { host in
            guard host.pool == name, let holder = host.holder else { return nil }
            return Resource(
                platform: name, kind: "host", name: holder.resource, id: host.name, run: holder.run, cell: holder.cell,
                expires: holder.until)
        }
    }

    func power(_ resource: Resource, on: Bool) async throws {
        throw InfrastructureError(
            "host \(resource.id) of \(name)", why: "matrix does not switch hosts of a static pool on or off",
            next: on ? "switch it on by hand" : "shut it down with: matrix ssh \(resource.cell) -- sudo poweroff", isTransient: false)
    }

    func restart(of resource: Resource) -> RestartWay { settings.reboot ? .bySystem : PoolRestart.refusal(of: name) }

    func evidence(of resource: Resource) async -> [Evidence] {
        var machine = machine(of: resource)
        // One that could not be opened has no details yet.
        if machine == nil { machine = try? await leased(resource) }
        guard let machine else { return [] }
        return await LoginEvidence(runner: context.runner).all(of: machine, knownHosts: settings.knownHosts)
    }

    func facts(_ resource: Resource) -> [String: String] {
        ["pool": name, "pool_host": resource.id]
    }
}
