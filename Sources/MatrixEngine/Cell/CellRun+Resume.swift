import MatrixCore

extension CellRun {
    /// Whether a phase must run.
    func does(_ phase: Phase) -> Bool { phases.contains(phase) }

    /// The phases to run.
    var phases: Set<Phase> { record.isAnew ? Set(Phase.allCases) : start.phases }

    /// The cell's hosts, connected: created now or by an earlier process.
    func hosts() async -> [Host]? {
        guard !does(.create) else {
            await releaseRemains()
            let hosts = await createPhase()
            await save(.create)
            return hosts
        }
        do {
            return try await adoptHosts()
        } catch {
            guard start.stays || Task.isCancelled else { return await createAnew(because: error) }
            fail(error, firstPhase, step: "hosts", name: "hosts", started: .now)
            return nil
        }
    }

    private var firstPhase: Phase { start.phases.min { $0.order < $1.order } ?? .create }

    /// Takes over the leases, stage by stage as they were created, and connects to the hosts.
    private func adoptHosts() async throws -> [Host] {
        await takeOverLeases()
        record.forgetHosts()
        let lent = await leases.all.filter { $0.resource.host != nil }
        let hosts = try await withDeadline(cell.timeouts[.create]) { try await collect(lent) { try await reach($0) } }
        guard Set(hosts.map(\.name)) == Set(cell.hosts.map(\.name)) else { throw changed(hosts) }
        for host in start.past.last?.hosts ?? [] { record.addFacts(host.facts, to: host.name) }
        return hosts.sorted { position($0) < position($1) }
    }

    /// Takes over resources of earlier processes, in the platform's stages.
    func takeOverLeases() async {
        var waiting = start.leases
        for stage in platform.resources(for: cell, run: options.run, expires: expires) {
            let names = Set(stage.map(\.name))
            await leases.beginStage()
            for lease in waiting where names.contains(lease.resource.name) { await leases.add(HeldLease(lease)) }
            waiting.removeAll { names.contains($0.resource.name) }
        }
        for lease in waiting {
            await leases.beginStage()
            await leases.add(HeldLease(lease))
        }
    }

    private func changed(_ hosts: [Host]) -> InfrastructureError {
        InfrastructureError(
            "the hosts of \(cell.name) do not match its matrix file",
            why: "\(hosts.map(\.name).sorted().joined(separator: ", ")) are up, but its matrix file now has "
                + cell.hosts.map(\.name).joined(separator: ", "),
            next: "take the cell down and create it again: matrix destroy, matrix create", isTransient: false)
    }

    /// If an interrupted run's hosts no longer answer, they are taken down, and the cell begins again.
    private func createAnew(because error: any Error) async -> [Host]? {
        record.emit(.retrying(.create, attempt: 2, because: problem(error, .create, interruption: nil).message))
        record.forgetPast()
        await Task { await giveUpAttempt() }.value
        guard await takeTurn() else { return nil }
        let hosts = await createPhase()
        await save(.create)
        return hosts
    }

    /// Provisions the hosts and builds the cluster, as far as these phases run now, and returns the context of the steps.
    ///
    /// - Returns: nil if the cell ends here.
    func prepared(_ hosts: [Host]) async -> CellContext? {
        guard does(.provision) else {
            // An answer of an earlier process says nothing about today's host.
            if does(.deploy) || does(.verify) { await guardPhase(hosts) }
            return contextWithInventory(hosts, kubeconfig: kubeconfig)
        }
        await guardPhase(hosts)
        await takeApartCluster()
        await provisionPhase(hosts)
        let assembled = await clusterPhase(hosts)
        await save(.provision)
        return contextWithInventory(assembled.hosts, kubeconfig: assembled.kubeconfig)
    }

    /// The kubeconfig of the cluster that an earlier process built.
    private var kubeconfig: String? {
        let path = RunOptions.kubeconfig(of: cell.name, in: options.directory)
        return Folder.hasFile(path) ? path : nil
    }

    /// Removes an earlier process's cluster before its hosts are built into one again.
    private func takeApartCluster() async {
        guard platform is any ClusterPlatform, start.leases.contains(where: { $0.resource.platform == platform.name }) else { return }
        await Task { await giveUpCluster() }.value
    }

    /// Removes what an interrupted create left, before a new create uses the same names.
    private func releaseRemains() async {
        await Task {
            for lease in start.leases.reversed() {
                _ = await keeper.settle(HeldLease(lease), on: driver(of: lease.resource), within: cell.timeouts[.destroy])
            }
        }.value
    }

    /// Records a phase's result for the process that resumes the cell.
    func save(_ phase: Phase) async {
        guard let done = record.takePhase(phase) else { return }
        let ledger = parts.ledger
        let (cell, run) = (self.cell.name, options.run)
        do { try await uncancelled { try await ledger.record(done, of: cell, in: run) } } catch {
            // The only effect is that a resumed cell begins at an earlier phase.
            record.emit(.warning("the progress of \(cell) could not be recorded: \(error)"))
        }
    }

    /// The result of a cell that an earlier process finished.
    func finishedBefore(queued: Timestamp) -> Ending {
        let times = start.past.flatMap(\.tries)
        let finished = start.past.last?.finished ?? .now
        let started = times.map(\.started).min() ?? finished
        let reason = "not run: \(start.past.compactMap(\.ended).first ?? "the run ended before it")"
        let result = CellResult(
            name: cell.name, point: cell.point, platform: cell.platform, experimental: cell.experimental, outcome: record.outcome,
            queued: min(queued, started), started: started, finished: finished, phases: record.phases,
            cases: planned.completed(with: record.cases, reason: reason, at: finished), hosts: record.hosts)
        record.emit(.cellFinished(result.outcome, message: "as it was before the interruption"))
        return Ending(result: result, leaks: [], kept: start.leases.filter { $0.state == .kept }.map(\.resource))
    }
}
