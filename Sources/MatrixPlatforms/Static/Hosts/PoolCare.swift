internal import MatrixCore

/// Resets a pool's hosts. A host whose reset fails goes into quarantine.
struct PoolCare: Sendable {
    let pool: String
    let settings: StaticSettings
    let login: PoolLogin
    let lease: HostLease
    let book: any PoolBook
    let silent: UnresponsiveHosts

    /// Whether a host that was not handed back clean needs a reset. A host without recorded changes may be in any state, so the
    /// settings' reset steps run on it.
    func needsReset(_ host: PoolHost) -> Bool { host.needsReset && (host.changes != nil || !settings.reset.isEmpty) }

    /// Resets a leased host and records that it is clean.
    ///
    /// - Parameters:
    ///   - keys: the host's keys as its lease knew them; empty for those of the settings.
    ///   - run: the run that hands it back; nil if the host is about to be lent.
    /// - Throws: the cause. The host is then in quarantine, unless the caller was cancelled or the run's cluster is still on it.
    func reset(_ machine: PoolMachine, _ changes: Value?, keys: [String] = [], from run: RunID? = nil) async throws {
        do {
            try await withDeadline(settings.resetTimeout) {
                try await login.with(machine, keys: keys) { transport, _ in try await reset(machine, changes, from: run, on: transport) }
            }
            try await book.clean(machine.id)
        } catch let error as CancellationError {
            // The reset was only stopped: the next lease of the host resets it.
            throw error
        } catch let error as InfrastructureError where error.type == Self.clusterStays.rawValue {
            throw error
        } catch {
            silent.note(machine, isSilent: true)
            try await quarantine(machine, because: error)
        }
    }

    private func reset(_ machine: PoolMachine, _ changes: Value?, from run: RunID?, on transport: any Transport) async throws {
        let name = machine.name
        let first = run.map { lease.asking(name, run: $0) }
        let last = run == nil ? lease.clearing(name) : lease.ending(name)
        let resetting = HostReset(settings: settings).parts(changes.flatMap(HostChanges.init), host: name)
        let script = HostScript(parts: [first].compactMap(\.self) + resetting + [last])
        let outputs = try await script.run(on: transport, timeout: settings.resetTimeout)
        if run != nil, case .cluster(let cluster) = HostLease.standing(outputs.first) {
            throw Self.refusal(of: name, in: pool, cluster: cluster)
        }
    }

    /// Takes the lease on the host itself, and nothing more.
    ///
    /// - Returns: whether it was taken, or which run of another state folder holds it.
    func lease(_ machine: PoolMachine, run: RunID, expires: Timestamp?) async throws -> HostLease.Answer {
        try await login.with(machine) { transport, _ -> HostLease.Answer in
            let script = HostScript(parts: [lease.taking(machine.name, run: run, expires: expires)])
            return try HostLease.answer(try await script.run(on: transport, timeout: .seconds(60)).first, of: machine.name)
        }
    }

    /// Opens a leased host for a cell: takes the lease on it too, and puts the run's key on it if nothing is left to undo there. The
    /// ledger knows of each change before it is made.
    func open(_ machine: PoolMachine, for cell: CellPlan, key: String, run: RunID, expires: Timestamp?) async throws -> HostOpening.Ending {
        let preview = ChangePreview(cell: cell, login: machine.user, publicKey: key)
        let before = try await book.hosts().first { $0.machine == machine.id }
        let ending = try await login.with(machine) { transport, keys -> HostOpening.Ending in
            try await book.note(preview.certain.value, on: machine.id)
            let opening = HostOpening(lease: lease, preview: preview)
            let ending = try await opening.run(on: transport, host: machine.name, run: run, expires: expires)
            guard case .open(var opened) = ending else { return ending }
            opened.keys = keys
            return .open(opened)
        }
        switch ending {
        case .open(let opened): try await book.note(opened.changes.value, on: machine.id)
        case .unclean(let changes): try await book.note(changes.value, on: machine.id)
        case .held: try await book.restore(machine.id, needsReset: before?.needsReset ?? true, changes: before?.changes)
        }
        return ending
    }

    /// The same, after a reset if something was left on the host.
    ///
    /// - Throws: `InfrastructureError` if a run of another state folder has it.
    func openClean(
        _ machine: PoolMachine, for cell: CellPlan, key: String, run: RunID, expires: Timestamp?
    ) async throws -> HostOpening.Opened {
        for _ in 1...2 {
            switch try await open(machine, for: cell, key: key, run: run, expires: expires) {
            case .open(let opened): return opened
            case .held(let run, let until):
                throw InfrastructureError("host \(machine.name)", why: PoolLending.elsewhere(machine, run, until), type: .createPool)
            case .unclean(let changes): try await reset(machine, changes.value)
            }
        }
        throw InfrastructureError("host \(machine.name)", why: "what an earlier run left on it cannot be undone", type: .createPool)
    }

    /// How often to try to give up a lease: the connection may break.
    private static let releases = 3

    /// Gives up the lease of an unchanged host. A host that does not answer keeps its lease until it expires; only other state
    /// folders notice.
    func release(_ machine: PoolMachine) async {
        try? await retrying {
            try await login.with(machine) { transport, _ in
                _ = try await HostScript(parts: [lease.ending(machine.name)]).run(on: transport, timeout: .seconds(60))
            }
        } pause: { error, attempt in
            // Do not wait three times for a host that is off.
            let isReached = (error as? InfrastructureError)?.type != ProblemType.sshUnreachable.rawValue
            return isReached && attempt < Self.releases ? Backoff(first: .milliseconds(300)).pause(before: attempt) : nil
        }
    }

    private func quarantine(_ machine: PoolMachine, because error: any Error) async throws -> Never {
        let reason = Self.reason(error, after: settings.resetTimeout)
        try await uncancelled { [book, login] in
            try await book.quarantine(machine.id, because: login.context.redactor.redact(PlainText.clean(reason)))
        }
        throw Self.refusal(of: machine.name, in: pool, because: reason, command: (error as? InfrastructureError)?.command)
    }

    private static func reason(_ error: any Error, after limit: Duration) -> String {
        switch error {
        case let error as InfrastructureError: "\(error.what): \(error.why)"
        case is DeadlineExceeded: "its reset did not end within \(limit.brief)"
        default: "\(error)"
        }
    }

    private static let clusterStays = ProblemType.poolCluster

    private static func refusal(of host: String, in pool: String, cluster: String) -> InfrastructureError {
        InfrastructureError(
            "host \(host) of \(pool) is not handed back", why: "the cluster \(cluster) is still on it",
            next: "see why it could not be removed, then run matrix reap --yes: it removes the cluster and hands the host back",
            type: clusterStays, isTransient: false)
    }

    /// The error about a host in quarantine.
    static func refusal(of host: String, in pool: String, because reason: String, command: CommandFailure? = nil) -> InfrastructureError {
        InfrastructureError(
            "host \(host) of \(pool) is in quarantine", why: reason, next: "repair it, then: matrix pool lift \(host)",
            type: .poolQuarantine,
            isTransient: false, command: command)
    }
}
