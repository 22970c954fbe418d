import MatrixCore

extension CellRun {
    /// Builds a cluster from the provisioned hosts if the platform makes clusters. A failed try is removed before
    /// the next; the last one stays on the ledger until the teardown.
    ///
    /// - Returns: the hosts and the kubeconfig; nil if it is not a cluster, or did not come up.
    func clusterPhase(_ hosts: [Host]) async -> (hosts: [Host], kubeconfig: String?) {
        guard let platform = platform as? any ClusterPlatform, !record.isEnded else { return (hosts, nil) }
        let started = Timestamp.now
        var attempts: [Attempt] = []
        var hosts = hosts
        for number in 1...(cell.retries[.provision, default: 0] + 1) {
            let (site, log) = (site(hosts), clusterLog())
            let result = await attempt(.provision, number, within: remaining(of: .provision, since: started)) {
                try await assemble(on: site, logging: log, by: platform)
            }
            log?.finish()
            switch result {
            case .success(let assembled):
                finishCluster(started: started, attempts: attempts, log: log)
                return (assembled.hosts, assembled.kubeconfig)
            case .failure(let error):
                guard number <= cell.retries[.provision, default: 0], isWorthAnotherTry(error, .provision, since: started) else {
                    await failCluster(error, started: started, attempts: attempts, log: log)
                    return (hosts, nil)
                }
                attempts.append(retrying(.provision, number, error))
                hosts = await reconnected(hosts)
                await Task { await giveUpCluster() }.value
            }
        }
        return (hosts, nil)
    }

    private func assemble(on site: ClusterSite, logging log: StepLog?, by platform: any ClusterPlatform) async throws -> (
        hosts: [Host], kubeconfig: String
    ) {
        var site = site
        if let log { site.log = { log.write($0) } }
        let resource = try platform.cluster(on: site)
        let lease = try await uncancelled { [parts, leases] in
            let lease = HeldLease(id: try await parts.ledger.intend(resource), resource: resource)
            await leases.beginStage()
            await leases.add(lease)
            return lease
        }
        let result: Result<Cluster, any Error>
        do { result = .success(try await platform.assemble(resource, on: site)) } catch { result = .failure(error) }
        // Its id was known before; a part of it may exist even after a failure, and may then be kept.
        try await uncancelled { [parts] in try await parts.ledger.created(lease.id, resource) }
        let cluster = try result.get()
        for (host, facts) in cluster.facts { record.addFacts(facts, to: host) }
        let path = RunOptions.kubeconfig(of: cell.name, in: try Folder.make(options.directory, mode: 0o700))
        try NewFile.write(cluster.kubeconfig, to: path, mode: 0o600)
        return (cluster.hosts, path)
    }

    private func site(_ hosts: [Host]) -> ClusterSite {
        ClusterSite(
            run: options.run, cell: cell, hosts: hosts, expires: expires, log: { _ in },
            waiting: { [record] text in record.emit(.waiting(text)) },
            reconnect: { [self] host in try await reconnected(host) })
    }

    private func reconnected(_ host: Host) async throws -> Host {
        var host = host
        let label = host.plan.label(in: cell.hosts)
        host.transport = try await parts.connector.connect(to: host.endpoint) { [record] reason in
            record.emit(.waiting("\(label): \(reason)"))
        }
        await connections.add(host.transport)
        return host
    }

    /// The hosts for another try: hosts that rebooted in the last one have lost their connections.
    private func reconnected(_ hosts: [Host]) async -> [Host] {
        await mapConcurrently(hosts, limit: hosts.count) { host in
            if (try? await host.transport.run(Command(["true"], timeout: .seconds(20))))?.succeeded == true { return host }
            return (try? await withDeadline(.seconds(60)) { try await reconnected(host) }) ?? host
        }
    }

    func giveUpCluster() async {
        for lease in await leases.takeLast() {
            await release(lease)
        }
    }

    private func clusterLog() -> StepLog? {
        try? StepLog("provision-cluster", in: (try artifactsFolder(), artifactsName), redactor: parts.redactor) { [record] line in
            record.emit(.output(.provision, step: "cluster", host: nil, line: line))
        }
    }

    private func finishCluster(started: Timestamp, attempts: [Attempt], log: StepLog?) {
        record.add(
            CaseResult(
                phase: .provision, step: "cluster", name: "cluster", outcome: .passed, started: started,
                seconds: Timestamp.now.seconds(since: started), location: cell.provision.location, attempts: attempts,
                attachments: [log?.name].compactMap(\.self)))
    }

    private func failCluster(_ error: any Error, started: Timestamp, attempts: [Attempt], log: StepLog?) async {
        var result = thrown(
            error, phase: .provision, step: "cluster", name: "cluster", started: started, location: cell.provision.location)
        result.attempts = attempts
        result.attachments = [log?.name].compactMap(\.self)
        if result.outcome == .error { await explainCluster(&result) }
        record.add(result)
        if result.outcome == .interrupted {
            record.interrupt(because: interruption ?? "interrupted")
        } else {
            record.end(because: "the cluster did not come up")
        }
    }
}
