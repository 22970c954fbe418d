internal import MatrixCore

/// Resets a pool's hosts; one that fails is put into quarantine.
struct PoolCare: Sendable {
    let pool: String
    let settings: StaticSettings
    let login: PoolLogin
    let lease: HostLease
    let book: any PoolBook
    let silent: UnresponsiveHosts

    /// Whether there is anything to do for a host that was not handed back clean. Of a host that nobody knows yet nothing can be
    /// said, hence the steps of the settings run on it.
    func needsReset(_ host: PoolHost) -> Bool { host.needsReset && (host.changes != nil || !settings.reset.isEmpty) }

    /// Takes off what was put on a leased host, and writes down that it is clean.
    ///
    /// - Parameters:
    ///   - keys: the host's keys as its lease knew them; nil for those of the settings.
    ///   - run: who hands it back; nil if it is about to be lent.
    /// - Throws: what went wrong; the host is in quarantine then, unless the caller was cancelled or the run's cluster is still on it.
    func reset(_ machine: PoolMachine, _ changes: Value?, keys: [String]?, from run: RunID? = nil) async throws {
        do {
            try await withDeadline(settings.resetTimeout) {
                var known = keys ?? []
                if known.isEmpty { known = try await login.knownKeys(of: machine) }
                try await login.with(machine, keys: known) { transport, _ in
                    if let run, let cluster = try await lease.cluster(of: run, on: transport, host: machine.name) {
                        throw Self.refusal(of: machine.name, in: pool, cluster: cluster)
                    }
                    try await HostReset(settings: settings).run(changes.flatMap(HostChanges.init), on: transport, host: machine.name)
                    if run == nil { try await lease.clear(on: transport, host: machine.name) } else { try await lease.end(on: transport, host: machine.name) }
                }
            }
            try await book.clean(machine.id)
        } catch let error as CancellationError {
            // Nothing is known but that the work was stopped: the next one to lease it resets it.
            throw error
        } catch let error as InfrastructureError where error.type == Self.clusterStays.rawValue {
            // With the run's key it goes off again, which the reset would remove.
            throw error
        } catch {
            silent.note(machine, isSilent: true)
            try await quarantine(machine, because: error)
        }
    }

    /// Takes the lease on the host itself.
    ///
    /// - Returns: who has it where it is a run of another state folder.
    func lease(_ machine: PoolMachine, run: RunID, expires: Timestamp?) async throws -> HostLease.Answer {
        let known = try await login.knownKeys(of: machine)
        return try await login.with(machine, keys: known) { transport, _ in
            try await lease.take(on: transport, host: machine.name, run: run, expires: expires)
        }
    }

    /// How often giving up a lease is tried: the connection may have broken.
    private static let releases = 3

    /// Gives up the lease of a host that nothing was done to. One that does not answer keeps it until its time is over, which
    /// concerns other state folders alone.
    func release(_ machine: PoolMachine) async {
        guard let known = try? await login.knownKeys(of: machine) else { return }
        try? await retrying {
            try await login.with(machine, keys: known) { transport, _ in try await lease.end(on: transport, host: machine.name) }
        } pause: { error, attempt in
            // A host that is off is not waited for three times.
            let isReached = (error as? InfrastructureError)?.type != ProblemType.sshUnreachable.rawValue
            return isReached && attempt < Self.releases ? Backoff(first: .milliseconds(300)).pause(before: attempt) : nil
        }
    }

    private func quarantine(_ machine: PoolMachine, because error: any Error) async throws -> Never {
        let reason = Self.reason(error, after: settings.resetTimeout)
        try await uncancelled { [book, login] in try await book.quarantine(machine.id, because: login.context.withoutSecrets(PlainText.clean(reason))) }
        throw Self.refusal(of: machine.name, in: pool, because: reason, command: (error as? InfrastructureError)?.command)
    }

    private static func reason(_ error: any Error, after limit: Duration) -> String {
        switch error {
        case let error as InfrastructureError: "\(error.what): \(error.why)"
        case is DeadlineExceeded: "its reset was not done after \(limit.brief)"
        default: "\(error)"
        }
    }

    private static let clusterStays = ProblemType.poolCluster

    private static func refusal(of host: String, in pool: String, cluster: String) -> InfrastructureError {
        InfrastructureError(
            "host \(host) of \(pool) is not handed back", why: "the cluster \(cluster) is still on it",
            next: "see why it could not be removed; matrix reap --yes then removes it and hands the host back", type: clusterStays, isTransient: false)
    }

    /// What is said wherever a host in quarantine is in the way.
    static func refusal(of host: String, in pool: String, because reason: String, command: CommandFailure? = nil) -> InfrastructureError {
        InfrastructureError(
            "host \(host) of \(pool) is in quarantine", why: reason, next: "put it right, then: matrix pool lift \(host)", type: .poolQuarantine,
            isTransient: false, command: command)
    }
}
