internal import MatrixCore
internal import MatrixRemote

/// Hosts that a program of the user's creates, lists and destroys.
///
/// What a program can get wrong is decided here: whether something is ours, is gone or may be adopted, always from what its list shows.
struct CommandPlatform: Platform {
    static let hostKind = "host"

    let name: String
    let settings: CommandSettings
    let context: PlatformContext
    private let program: CommandProgram
    /// The pauses in which a list may still show what was destroyed, and before a host is ready.
    private let pace: CommandPace

    init(name: String, settings: CommandSettings, context: PlatformContext, pace: CommandPace = CommandPace()) {
        self.name = name
        self.settings = settings
        self.context = context
        self.pace = pace
        program = CommandProgram(platform: name, settings: settings, context: context)
    }

    // MARK: - Before a run

    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] {
        var problems: [PreflightProblem] = []
        if !settings.lists {
            problems.append(
                PreflightProblem(
                    .warning, "its program has no list: if this state folder's ledger is lost, matrix finds nothing of what was created",
                    next: "keep the state folder until matrix status shows nothing; another machine cannot reap there"))
        }
        guard settings.capabilities.contains(.preflight) else { return problems }
        do {
            let answer = try await program.ask(.preflight, ["cells": .list(cells.map(CommandRequest.cell))])
            return problems + (try CommandAnswer(answer, to: .preflight, of: program).problems())
        } catch let error as InfrastructureError where error.type == ProblemType.createUnavailable.rawValue {
            return problems + [PreflightProblem(.unavailable, cells: cells.map(\.name), error.why, next: error.next)]
        } catch {
            return problems + [PreflightProblem(error, "\(name) could not be asked")]
        }
    }

    func price(of cell: CellPlan) async throws -> Price? {
        guard settings.capabilities.contains(.price) else { return nil }
        let answer = try await program.ask(.price, ["cell": CommandRequest.cell(cell)])
        return try CommandAnswer(answer, to: .price, of: program).price()
    }

    // MARK: - Creating

    /// Without a list, the name is the id: then `destroy` is asked about every intent, as nothing else tells whether it exists.
    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        [
            cell.hosts.map { host in
                let name = "\(host.name)-\(run)"
                return Resource(
                    platform: self.name, kind: Self.hostKind, name: name, id: settings.lists ? "" : name, run: run, cell: cell.name,
                    host: host.name, expires: expires)
            }
        ]
    }

    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        guard let access = context.access else { throw missingKeys(resource) }
        try makeFolder("\(context.state)/platforms/\(name)")
        // A name that something has is not given to the program: what it would answer could not be told from what it made.
        if settings.lists, let known = try await listed(of: nil).first(where: { $0.name == resource.name }) {
            guard known.run == resource.run else { throw taken(resource) }
            return adopted(known, as: resource)
        }
        let request = CommandRequest.create(resource, cell, user: settings.user, publicKey: access.publicKey)
        do {
            let answer = try await program.ask(.create, about: resource.name, request, progress: CreateProgress.listener)
            return try CommandAnswer(answer, to: .create, of: program).made(resource)
        } catch let error as InfrastructureError {
            // It may have been made although the answer cannot be used.
            guard settings.lists, let made = try? await listed(of: resource.run).first(where: { $0.name == resource.name }) else {
                throw error
            }
            return adopted(made, as: resource)
        }
    }

    private func adopted(_ found: Resource, as resource: Resource) -> Resource {
        var made = resource
        made.id = found.id
        made.details = found.details
        return made
    }

    private func taken(_ resource: Resource) -> InfrastructureError {
        InfrastructureError(
            "host \(resource.name) was not made", why: "something else on \(name) has this name", next: "rename or remove it",
            type: .createNameTaken, isTransient: false)
    }

    private func missingKeys(_ resource: Resource) -> InfrastructureError {
        InfrastructureError(
            "host \(resource.host ?? resource.name) cannot be reached", why: "this state folder does not hold the run's keys",
            next: "use the state folder of its run", isTransient: false)
    }

    // MARK: - Reaching

    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        guard let access = context.access else { throw missingKeys(resource) }
        let host = settings.capabilities.contains(.ready) ? try await awaited(resource, waiting: waiting) : resource
        guard let endpoint = CommandAnswer.endpoint(of: host, access: access, user: settings.user) else {
            throw program.error(.create, resource.name, unusable: "neither create nor ready nor list told its address")
        }
        return endpoint
    }

    /// A host with what `ready` tells of it, as soon as it tells that.
    private func awaited(_ resource: Resource, waiting: @escaping @Sendable (String) -> Void) async throws -> Resource {
        for attempt in 1... {
            do {
                let request = ["resource": CommandRequest.resource(resource)]
                let answer = try await program.ask(.ready, about: resource.name, request, progress: waiting)
                return try CommandAnswer(answer, to: .ready, of: program).reached(resource)
            } catch let error as InfrastructureError where error.isTransient {
                waiting(error.why)
                try await Task.sleep(for: pace.ready.pause(before: attempt))
            }
        }
        throw CancellationError()
    }

    func power(_ resource: Resource, on: Bool) async throws {
        guard settings.capabilities.contains(.power) else {
            throw InfrastructureError(
                "host \(resource.name) of \(name)", why: "its program cannot switch hosts \(on ? "on" : "off")",
                next: "add the verb power to the program, and power to capabilities", isTransient: false)
        }
        let request: [String: Value] = ["resource": CommandRequest.resource(resource), "on": .bool(on)]
        _ = try await program.ask(.power, about: resource.name, request)
    }

    func restart(of resource: Resource) -> RestartWay {
        switch settings.reboot {
        case .system: .bySystem
        case .power: .byPower
        case .never: .refused(why: "\(name) says reboot: never", next: "remove the step, or skip it here with when:")
        }
    }

    func evidence(of resource: Resource) async -> [Evidence] {
        guard settings.capabilities.contains(.evidence) else { return [] }
        let request = ["resource": CommandRequest.resource(resource)]
        guard let answer = try? await program.ask(.evidence, about: resource.name, request),
            let found = try? CommandAnswer(answer, to: .evidence, of: program).evidence()
        else { return [] }
        return found
    }

    func entrances(to resource: Resource) -> [String] { CommandAnswer.entrances(to: resource) }

    func facts(_ resource: Resource) -> [String: String] { CommandAnswer.facts(of: resource) }

    // MARK: - Removing

    /// A create is a process of this machine that has the name as its argument. It may outlive its run.
    func settleTime(of resource: Resource) async -> Duration {
        isRunning(.create, resource) ? settings.deadline(of: .create) : .zero
    }

    private func isRunning(_ verb: CommandVerb, _ resource: Resource) -> Bool { RunningCommands.anyNames(verb.rawValue, resource.name) }

    func destroy(_ resource: Resource) async throws {
        if settings.lists, try await isGone(resource) { return }
        if !settings.lists, isRunning(.create, resource) || isRunning(.destroy, resource) {
            throw InfrastructureError("destroy \(resource.name) on \(name)", why: "another process is still working on it")
        }
        var failure: InfrastructureError?
        do {
            _ = try await program.ask(.destroy, about: resource.name, ["resource": CommandRequest.resource(resource)])
        } catch let error as InfrastructureError {
            failure = error
        }
        guard settings.lists else {
            if let failure { throw failure }
            return
        }
        for attempt in 1...pace.looks {
            if try await isGone(resource) { return }
            if failure != nil { break }
            try await Task.sleep(for: pace.look.pause(before: attempt))
        }
        throw failure
            ?? InfrastructureError(
                "destroy \(resource.name) on \(name)", why: "the program reported success, and its list still has it",
                type: .platformProgram)
    }

    private func isGone(_ resource: Resource) async throws -> Bool {
        try await !listed(of: resource.run).contains { $0.name == resource.name && $0.kind == resource.kind }
    }

    func remaining(of run: RunID) async throws -> [Resource] { settings.lists ? try await listed(of: run) : [] }
    func owned() async throws -> [Resource] { settings.lists ? try await listed(of: nil).filter { !$0.run.value.isEmpty } : [] }

    /// What the program lists: of one run, or all. What has no run's tag of ours is listed with an empty run.
    private func listed(of run: RunID?) async throws -> [Resource] {
        let request: [String: Value] = ["run": run.map { .string($0.value) } ?? .null, "tag": .string(Resource.Tag.owner)]
        let answer = CommandAnswer(try await program.ask(.list, request), to: .list, of: program)
        let all = try answer.resources(on: name)
        return run.map { run in all.filter { $0.run == run } } ?? all
    }
}

/// How often a program is asked again.
struct CommandPace: Sendable {
    var ready = Backoff(first: .seconds(1), factor: 1.5, most: .seconds(10))
    var look = Backoff(first: .milliseconds(500), factor: 2, most: .seconds(8))
    var looks = 6
}
