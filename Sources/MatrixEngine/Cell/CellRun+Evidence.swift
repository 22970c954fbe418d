import MatrixCore

extension CellRun {
    /// Records a create that failed, with what there is to see of its hosts: nobody can look later.
    func failCreate(_ error: any Error, started: Timestamp, attempts: [Attempt]) async {
        creation.write("failed: \(error)")
        var result = thrown(error, phase: .create, step: "create", name: "create", started: started)
        result.attempts = attempts
        if result.outcome == .error { await explain(&result, error) }
        creation.finish()
        result.attachments = ([creation.name].compactMap(\.self)) + result.attachments
        record.add(result)
        if result.outcome == .interrupted {
            record.interrupt(because: interruption ?? "interrupted")
        } else {
            record.end(because: "create failed")
        }
    }

    /// Asks a driver what there is to see of a host, before it is removed.
    func witness(_ resource: Resource) async {
        guard resource.host != nil || resource.platform == platform.name && platform is any ClusterPlatform, interruption == nil else {
            return
        }
        let pieces = try? await answered(within: QuestionLimit.evidence) { [driver = driver(of: resource)] in
            await driver.evidence(of: resource)
        }
        await evidence.add(pieces ?? [], of: resource)
    }

    private func explain(_ result: inout CaseResult, _ error: any Error) async {
        let reached = Set(record.hosts.map(\.name))
        let missing = await leases.all.map(\.resource).filter { resource in resource.host.map { !reached.contains($0) } ?? false }
        _ = await mapConcurrently(missing, limit: max(1, missing.count)) { await witness($0) }
        let waits = creation.waits
        var parts = [result.detail ?? ""]
        if error is DeadlineExceeded {
            let words = waits.prefix(3).map { wait in
                let time = Duration.bounded(seconds: max(0, Timestamp.now.seconds(since: wait.since))).brief
                return "\(wait.host.map { "\($0): " } ?? "")\(wait.reason), for \(time)"
            }
            if !words.isEmpty { result.message = "\(result.message ?? ""): \(words.joined(separator: "; "))" }
            parts = [result.message ?? ""]
        }
        let shown = await show(in: &result)
        parts += shown.lines
        if let advice = shown.advice ?? (error is DeadlineExceeded ? self.advice(waits) : nil) { parts.append("next: \(advice)") }
        result.detail = parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// Adds what the nodes show of a cluster that did not come up.
    func explainCluster(_ result: inout CaseResult) async {
        guard let cluster = await leases.all.last(where: { $0.resource.platform == platform.name })?.resource else { return }
        await evidence.forget()
        await witness(cluster)
        let shown = await show(in: &result, as: "provision")
        result.detail = ([result.detail ?? ""] + shown.lines).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// Writes the evidence beside the log, and gives five lines of each host's most telling piece.
    private func show(in result: inout CaseResult, as phase: String = "create") async -> (lines: [String], advice: String?) {
        var (lines, advice): ([String], String?) = ([], nil)
        let all = await evidence.all
        for (resource, pieces) in all {
            let label = cell.hosts.first { $0.name == resource.host }?.label(in: cell.hosts) ?? resource.kind
            var isFirst = true
            for piece in pieces where !piece.text.allSatisfy(\.isWhitespace) {
                guard let (name, tail) = write(piece, as: "\(phase)-\(label)-\(piece.name)") else { continue }
                result.attachments.append(name)
                guard isFirst, lines.count < 24 else { continue }
                isFirst = false
                lines.append("\(label): the last lines of \(piece.command ?? piece.name), all of it in \(name):")
                lines += tail.map { "  \($0)" }
            }
            advice = advice ?? pieces.lazy.compactMap(\.advice).first.map { parts.redactor.redact(PlainText.clean($0)) }
        }
        return (lines, advice)
    }

    /// The most that is kept of one piece; its end says the most.
    private static let evidenceLimit = 256 << 10

    /// Writes what is kept of every host: its console. What was shown of a host that did not come up is there already.
    ///
    /// - Returns: the names of the files, for the report.
    func keepRecords(of leases: [HeldLease]) async -> [String] {
        let shown = Set(await evidence.all.map(\.resource.name))
        let hosts = leases.map(\.resource).filter { $0.host != nil && !shown.contains($0.name) }
        let names = await mapConcurrently(hosts, limit: max(1, hosts.count)) { resource -> [String] in
            let pieces = try? await answered(within: QuestionLimit.evidence) { [driver = driver(of: resource)] in
                await driver.records(of: resource)
            }
            let label = cell.hosts.first { $0.name == resource.host }?.label(in: cell.hosts) ?? resource.kind
            return (pieces ?? []).filter { !$0.text.isEmpty }.compactMap { write($0, as: "\(label)-\($0.name)")?.name }
        }
        return names.flatMap(\.self)
    }

    private func write(_ piece: Evidence, as name: String) -> (name: String, tail: [String])? {
        guard
            let log = try? StepLog(
                name, in: (artifactsFolder(), artifactsName), redactor: parts.redactor, onLine: { _ in })
        else { return nil }
        let text = String(decoding: piece.text.utf8.suffix(Self.evidenceLimit), as: UTF8.self)
        if let command = piece.command { log.write("$ \(command)") }
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) { log.write(String(line)) }
        log.finish()
        let tail = log.tail.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("$ ") && !$0.allSatisfy(\.isWhitespace) }
        return (log.name, tail.suffix(5).map { PlainText.clipped($0, to: 300) })
    }

    /// What to do if the time was over and no driver knew better: more time helps only a cell that was still coming up.
    private func advice(_ waits: [CreateLog.Wait]) -> String {
        let more = "timeouts: { create: … }"
        guard let newest = waits.map(\.since).max() else { return "give it more time with \(more) if it only needs longer" }
        let quiet = Timestamp.now.seconds(since: newest)
        let time = Duration.bounded(seconds: max(0, quiet)).brief
        if quiet < cell.timeouts[.create].inSeconds / 4 {
            return "it was still coming up, the last change was \(time) before: give it more time with \(more)"
        }
        return "nothing changed for \(time), so more time alone will not help: see \(creation.name ?? "the create log")"
    }

    /// The ways into the hosts of a kept cell, if SSH does not reach all of them.
    func entrances(to kept: [Resource]) -> [Entrance] {
        let reached = Set(record.hosts.map(\.name))
        let hosts = kept.filter { $0.host != nil }
        guard hosts.contains(where: { !reached.contains($0.host ?? "") }) else { return [] }
        return hosts.compactMap { resource in
            guard let plan = cell.hosts.first(where: { $0.name == resource.host }) else { return nil }
            let isReached = reached.contains(plan.name)
            let commands = isReached ? [LastingCommands.login(to: plan, of: cell)] : driver(of: resource).entrances(to: resource)
            return commands.isEmpty ? nil : Entrance(cell: cell.name, host: plan.name, commands: commands)
        }
    }
}

/// What the drivers showed of a cell's hosts.
actor CellEvidence {
    private(set) var all: [(resource: Resource, pieces: [Evidence])] = []

    /// What is shown of a host first stays: later it may be half removed.
    func add(_ pieces: [Evidence], of resource: Resource) {
        guard !pieces.isEmpty, !all.contains(where: { $0.resource.name == resource.name }) else { return }
        all.append((resource, pieces))
    }

    func forget() { all = [] }
}
