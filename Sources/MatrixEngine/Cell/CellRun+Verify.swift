import MatrixCore
import Synchronization

extension CellRun {
    /// Asks all checks that belong to no deploy step; deployers' steps among them (a verify playbook) run after the checks.
    func verifyPhase(_ context: CellContext) async {
        let items = cell.verify.filter { $0.after == nil }
        guard !record.isEnded, !items.isEmpty else { return }
        var before = 0
        repeat {
            before = record.cases.count
            await phase(.verify, within: cell.timeouts[.verify]) { try await verify(items, in: context) }
        } while await stepsAfterFailure(of: .verify, since: before, items[...], in: context) != nil
    }

    /// Asks the checks that belong to a deploy step that has passed. One that does not pass ends the cell's work: what was wrong stays
    /// as it is on the host.
    func verify(after step: StepPlan, in context: CellContext) async {
        let items = cell.verify.filter { $0.after == step.name }
        guard !items.isEmpty else { return }
        let before = record.cases.count
        do { try await verify(items, in: context) } catch { return record.interrupt(because: interruption ?? "interrupted") }
        let bad = record.cases.dropFirst(before).first(where: \.outcome.isProblem)
        if let bad { record.end(because: "\(bad.name) \(bad.outcome == .failed ? "failed" : "ended in an error")") }
    }

    private func verify(_ items: [StepPlan], in context: CellContext) async throws {
        // A word that names both a check and a deployer (kubernetes) is a check here.
        let known = Set(parts.checker.declarations.map(\.kind))
        await ask(items.filter { parts.deployers[$0.kind] == nil || known.contains($0.kind) }, in: context)
        for step in items where parts.deployers[step.kind] != nil && !known.contains(step.kind) {
            try Task.checkCancellation()
            await run(step, .verify, in: context, endsCell: false)
        }
    }

    private func ask(_ checks: [StepPlan], in context: CellContext) async {
        guard !checks.isEmpty else { return }
        let started = Timestamp.now
        let asked = AskedCases()
        do {
            let results = try await parts.checker.verify(checks, in: context) { result in
                asked.add(result)
                record.add(withEvidenceKept(result, in: context))
            }
            for result in results where !asked.has(result) { record.add(withEvidenceKept(result, in: context)) }
        } catch {
            // Checks of a deploy step share the deploy's time.
            let phase = checks[0].after == nil ? Phase.verify : .deploy
            let isLate = error is CancellationError && interruption == nil
            for planned in checks.flatMap({ parts.checker.plannedCases(of: $0, in: cell) }) where !asked.has(planned) {
                var result = thrown(
                    isLate ? DeadlineExceeded(limit: cell.timeouts[phase]) : error, phase: phase, step: planned.step, name: planned.name,
                    started: started, host: planned.host, location: planned.location)
                result.phase = .verify
                record.add(result)
            }
        }
    }

    /// The case with a file of its evidence among the artifacts, if it has any.
    private func withEvidenceKept(_ result: CaseResult, in context: CellContext) -> CaseResult {
        guard let evidence = result.evidence, !evidence.isEmpty else { return result }
        var result = result
        let log = try? StepLog("evidence-\(result.name)", in: (context.artifacts, artifactsName), redactor: parts.redactor) { _ in }
        guard let log else { return result }
        for item in evidence {
            log.write("== \(item.title)")
            for line in item.text.split(separator: "\n", omittingEmptySubsequences: false) { log.write(String(line)) }
            log.write("")
        }
        log.finish()
        result.attachments.append(log.name)
        return result
    }
}

/// Remembers which checks have a verdict, in case the others never get one.
final class AskedCases: Sendable {
    private struct Key: Hashable {
        var step: String
        var name: String
    }

    private let keys = Mutex<Set<Key>>([])

    func add(_ result: CaseResult) {
        keys.withLock { _ = $0.insert(Key(step: result.step, name: result.name)) }
    }

    func has(_ result: CaseResult) -> Bool { has(step: result.step, name: result.name) }

    func has(_ planned: PlannedCase) -> Bool { has(step: planned.step, name: planned.name) }

    private func has(step: String, name: String) -> Bool {
        keys.withLock { $0.contains(Key(step: step, name: name)) }
    }
}
