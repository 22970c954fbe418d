import MatrixCore
import Synchronization

extension CellRun {
    /// Asks all checks; deployers' steps among them (a verify playbook) run after the checks.
    func verifyPhase(_ context: CellContext) async {
        guard !record.isEnded, !cell.verify.isEmpty else { return }
        // A word that names both a check and a deployer (kubernetes) is a check here.
        let known = Set(parts.checker.declarations.map(\.kind))
        let checks = cell.verify.filter { parts.deployers[$0.kind] == nil || known.contains($0.kind) }
        let steps = cell.verify.filter { parts.deployers[$0.kind] != nil && !known.contains($0.kind) }
        var before = 0
        repeat {
            before = record.cases.count
            await phase(.verify, within: cell.timeouts[.verify]) {
                await ask(checks, in: context)
                for step in steps {
                    try Task.checkCancellation()
                    await run(step, .verify, in: context, endsCell: false)
                }
            }
        } while await stepsAfterFailure(of: .verify, since: before, cell.verify[...], in: context) != nil
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
            for planned in checks.flatMap({ parts.checker.plannedCases(of: $0, in: cell) }) where !asked.has(planned) {
                let isLate = error is CancellationError && interruption == nil
                record.add(
                    thrown(
                        isLate ? DeadlineExceeded(limit: cell.timeouts[.verify]) : error, phase: .verify, step: planned.step,
                        name: planned.name,
                        started: started, host: planned.host, location: planned.location))
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
