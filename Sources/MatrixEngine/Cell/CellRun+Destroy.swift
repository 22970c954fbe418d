import MatrixCore

extension CellRun {
    /// Releases everything, or keeps it if requested; always runs, uncancelled.
    func takeDown() async -> (leaks: [Leak], kept: [Resource]) {
        await connections.closeAll()
        let started = Timestamp.now
        if isKept {
            let kept = await keepAll(started)
            if does(.destroy) { await save(.destroy) }
            return ([], kept)
        }
        record.emit(.phaseStarted(.destroy, attempt: 1))
        var leaks: [Leak] = []
        let records = await keepRecords(of: leases.all)
        for stage in await leases.takeAll() {
            leaks += await mapConcurrently(stage, limit: stage.count) { lease in
                await release(lease)
            }.compactMap(\.self)
        }
        finishDestroy(leaks, started: started, records)
        await save(.destroy)
        return (leaks, [])
    }

    /// Releases a lease and records its cost.
    @discardableResult
    func release(_ lease: HeldLease) async -> Leak? {
        let leak = await keeper.release(lease, on: driver(of: lease.resource), within: cell.timeouts[.destroy])
        charge(lease)
        return leak
    }

    /// Records the cost of a lease until now, if its platform charges for it.
    func charge(_ lease: HeldLease) {
        guard let price = driver(of: lease.resource).price(of: lease.resource) else { return }
        record.add(price.cost(of: Timestamp.now.seconds(since: lease.since)))
    }

    /// An interrupted run keeps nothing: the user stopped it to end it. A command on a cell that was up leaves it up.
    var isKept: Bool {
        if start.stays {
            return !start.leases.isEmpty || !record.isInterrupted && record.cases.contains { $0.phase == .create && $0.outcome == .passed }
        }
        if record.isInterrupted { return false }
        if let keeps = record.keeps { return keeps }
        switch options.keep {
        case .never: return false
        case .always: return true
        case .failed: return record.outcome != .passed
        }
    }

    private func keepAll(_ started: Timestamp) async -> [Resource] {
        var kept: [Resource] = []
        for lease in await leases.takeAll().flatMap(\.self) {
            charge(lease)
            // The sweep takes down what is not on the ledger as kept; nothing unknown stays up.
            if (try? await parts.ledger.keep(lease.id)) != nil { kept.append(lease.resource) }
        }
        let reason = "kept (\(start.command ?? (record.keeps == true ? "by hand" : "--keep \(options.keep.rawValue)")))"
        record.add(PlannedCase(phase: .destroy, step: "destroy", name: "destroy").skipped(because: reason, at: started))
        return kept
    }

    private func finishDestroy(_ leaks: [Leak], started: Timestamp, _ records: [String]) {
        let now = Timestamp.now
        let outcome: Outcome = leaks.isEmpty ? .passed : .error
        let message = leaks.isEmpty ? nil : "\(leaks.count) resource\(leaks.count == 1 ? "" : "s") may be left behind"
        record.add(PhaseResult(phase: .destroy, attempt: 1, started: started, finished: now, outcome: outcome, message: message))
        var result = CaseResult(
            phase: .destroy, step: "destroy", name: "destroy", outcome: outcome, started: started, seconds: now.seconds(since: started),
            message: message, attachments: records)
        if !leaks.isEmpty {
            result.type = ProblemType.destroyLeak.rawValue
            result.detail = leaks.map { "\($0.what): \($0.reason)\nremove it: \($0.command)" }.joined(separator: "\n")
        }
        record.add(result)
    }
}
