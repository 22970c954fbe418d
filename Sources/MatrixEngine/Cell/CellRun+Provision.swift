import MatrixCore

extension CellRun {
    /// Asks every cell's default checks, before anything is installed on its hosts: do they run the cell's system?
    func guardPhase(_ hosts: [Host]) async {
        let guards = parts.checker.guards(for: cell)
        guard !guards.isEmpty, let context = context(for: hosts, inventory: nil) else { return }
        record.forget(guards.flatMap { parts.checker.plannedCases(of: $0, in: cell) })
        if let verdicts = parts.checker.verdicts(on: guards, in: context) { return verdicts.forEach(record.add) }
        do {
            let results = try await withDeadline(cell.timeouts[.verify]) { [parts] in
                try await parts.checker.verify(guards, in: context) { _ in }
            }
            results.forEach(record.add)
            if results.contains(where: { $0.outcome != .passed }) { record.end(because: "the host does not run the system of its cell") }
        } catch {
            for planned in guards.flatMap({ parts.checker.plannedCases(of: $0, in: cell) }) {
                fail(error, .verify, step: planned.step, name: planned.name, started: .now, host: planned.host)
            }
        }
    }

    /// Provisions all hosts at once.
    func provisionPhase(_ hosts: [Host]) async {
        guard !record.isEnded else { return }
        let started = Timestamp.now
        var waiting = hosts
        var attempts: [String: [Attempt]] = [:]
        for number in 1...(cell.retries[.provision, default: 0] + 1) {
            let batch = waiting
            let work: @Sendable () async throws -> [(Host, Result<[String: String], any Error>)] = {
                let outcomes = await mapConcurrently(batch, limit: batch.count) { host in (host, await provision(host, peers: hosts)) }
                // A deadline cancels all of them; it is then the phase's error, not each host's.
                try Task.checkCancellation()
                return outcomes
            }
            let results = await attempt(
                .provision, number, within: remaining(of: .provision, since: started), failure: { $0.lazy.compactMap(\.1.failure).first },
                work)
            waiting = settleProvision(results, batch: batch, number: number, started: started, attempts: &attempts)
            if waiting.isEmpty { break }
        }
    }

    private typealias Provisioned = Result<[(Host, Result<[String: String], any Error>)], any Error>

    /// Records the results of one try and returns the hosts that get another.
    private func settleProvision(
        _ results: Provisioned, batch: [Host], number: Int, started: Timestamp, attempts: inout [String: [Attempt]]
    ) -> [Host] {
        var again: [Host] = []
        let outcomes = (try? results.get()) ?? batch.map { ($0, .failure(results.failure ?? CancellationError())) }
        for (host, outcome) in outcomes {
            let name = PlannedCases.name("provision", host.plan, in: cell)
            let earlier = attempts[host.name] ?? []
            switch outcome {
            case .success(let facts):
                record.addFacts(facts, to: host.name)
                let seconds = Timestamp.now.seconds(since: started)
                record.add(
                    CaseResult(
                        phase: .provision, step: "provision", name: name, outcome: .passed, started: started, seconds: seconds,
                        location: cell.provision.location, host: host.name, attempts: earlier, attachments: [provisionLog(host)]))
            case .failure(let error):
                if number <= cell.retries[.provision, default: 0], isWorthAnotherTry(error, .provision, since: started) {
                    attempts[host.name] = earlier + [retrying(.provision, number, error)]
                    again.append(host)
                } else {
                    fail(error, .provision, step: "provision", name: name, started: started, attempts: earlier, host: host.name)
                }
            }
        }
        return again
    }

    private func provisionLog(_ host: Host) -> String {
        "\(artifactsName)/\(StepLog.fileName("provision-\(host.plan.label(in: cell.hosts))")).log"
    }

    private func provision(_ host: Host, peers: [Host]) async -> Result<[String: String], any Error> {
        do {
            let log = try StepLog(
                "provision-\(host.plan.label(in: cell.hosts))", in: (try artifactsFolder(), artifactsName), redactor: parts.redactor
            ) { line in record.emit(.output(.provision, step: "provision", host: host.name, line: line)) }
            defer { log.finish() }
            var cell = self.cell
            cell.provision.setsHostname = cell.provision.setsHostname ?? !driver(of: host.resource).hostsLiveOn
            cell.provision.scripts = try cell.provision.scripts.map { try scope(for: host).render($0) }
            return .success(try await parts.provisioner.provision(host, of: cell, peers: peers) { log.write($0) })
        } catch {
            return .failure(error)
        }
    }

    private func scope(for host: Host) -> Scope {
        context(for: [host], inventory: nil)?.scope(for: host) ?? cell.scope
    }
}
