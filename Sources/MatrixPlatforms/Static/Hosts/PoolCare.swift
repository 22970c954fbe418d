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
    ///   - keys: the host's keys as its lease knew them; nil for those of the settings.
    ///   - run: the run that hands it back; nil if the host is about to be lent.
    /// - Throws: the cause. The host is then in quarantine, unless the caller was cancelled or the run's cluster is still on it.
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
                    if run == nil {
                        try await lease.clear(on: transport, host: machine.name)
                    } else {
                        try await lease.end(on: transport, host: machine.name)
                    }
                }
            }
            try await book.clean(machine.id)
        } catch let error as CancellationError {
            // The reset was only stopped: the next lease of the host resets it.
            throw error
        } catch let error as InfrastructureError where error.type == Self.clusterStays.rawValue {
            // Removing the cluster needs the run's key, which the reset would remove.
            throw error
        } catch {
            silent.note(machine, isSilent: true)
            try await quarantine(machine, because: error)
        }
    }

    /// Takes the lease on the host itself.
    ///
    /// - Returns: whether it was taken, or which run of another state folder holds it.
    func lease(_ machine: PoolMachine, run: RunID, expires: Timestamp?) async throws -> HostLease.Answer {
        let known = try await login.knownKeys(of: machine)
        return try await login.with(machine, keys: known) { transport, _ in
            try await lease.take(on: transport, host: machine.name, run: run, expires: expires)
        }
    }

    /// How often to try to give up a lease: the connection may break.
    private static let releases = 3

    /// Gives up the lease of an unchanged host. A host that does not answer keeps its lease until it expires; only other state
    /// folders notice.
    func release(_ machine: PoolMachine) async {
        guard let known = try? await login.knownKeys(of: machine) else { return }
        try? await retrying {
            try await login.with(machine, keys: known) { transport, _ in try await lease.end(on: transport, host: machine.name) }
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
