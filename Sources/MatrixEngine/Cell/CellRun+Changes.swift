import MatrixCore

extension CellRun {
    /// What the hosts of a step have before it, if the file asks what the step changes.
    typealias Surveys = [String: Result<HostSurvey, any Error>]

    /// The most changes that a case holds; more are only counted.
    private static let mostChanges = 1000

    /// Surveys the hosts of a step; nil if the file does not ask what it changes.
    func survey(for step: StepPlan, in context: CellContext) async -> Surveys? {
        guard step.changes != nil, step.skipped == nil else { return nil }
        let hosts = watched(by: step, in: context)
        let surveys = await mapConcurrently(hosts, limit: max(1, hosts.count)) { [surveyor = parts.surveyor] host in
            do { return Result<HostSurvey, any Error>.success(try await surveyor.survey(host)) } catch { return .failure(error) }
        }
        return Dictionary(zip(hosts.map(\.name), surveys)) { first, _ in first }
    }

    /// Records what a step changed on its hosts, one case for each; a forbidden change is a failure and ends the cell's work.
    func record(changesOf step: StepPlan, since before: Surveys?, in context: CellContext) async {
        guard let before, let rules = step.changes, !record.isInterrupted else { return }
        let wasEnded = record.isEnded
        let started = Timestamp.now
        let after = await survey(for: step, in: context) ?? [:]
        for host in watched(by: step, in: context) {
            var result = CaseResult(
                phase: .deploy, step: step.name, name: PlannedCases.changes(of: step, host.plan, in: cell), outcome: .passed,
                started: started, seconds: max(0, Timestamp.now.seconds(since: started)), location: step.location, host: host.name)
            do {
                let changes = try get(after, host).changes(since: try get(before, host))
                judge(changes, by: rules, &result)
            } catch {
                // A host that a failed step has lost cannot be asked: that is no second problem.
                if wasEnded {
                    (result.outcome, result.message) = (.skipped, "the host could not be asked after the step had failed")
                } else {
                    let name = result.name
                    result = thrown(
                        error, phase: .deploy, step: step.name, name: name, started: started, host: host.name, location: step.location)
                }
            }
            record.add(result)
            guard result.outcome.isProblem else { continue }
            record.end(because: "\(result.name) \(result.outcome == .failed ? "failed" : "ended in an error")")
        }
    }

    private func watched(by step: StepPlan, in context: CellContext) -> [Host] {
        let names = Set(cell.hosts(selectedBy: step.hosts).map(\.name))
        return context.hosts.filter { names.contains($0.name) }
    }

    private func get(_ surveys: Surveys, _ host: Host) throws -> HostSurvey {
        guard let survey = surveys[host.name] else {
            throw InfrastructureError("asking \(host.name) what it has", why: "it was not asked", isTransient: false)
        }
        return try survey.get()
    }

    private func judge(_ changes: [HostChange], by rules: ChangeRules, _ result: inout CaseResult) {
        result.changes = Array(changes.prefix(Self.mostChanges))
        result.properties["observed"] = HostChange.summary(of: changes)
        let wrong = changes.compactMap { change in rules.objection(to: change).map { (change, $0) } }
        guard let first = wrong.first else { return }
        let more = wrong.count > 1 ? " (and \(wrong.count - 1) more)" : ""
        (result.outcome, result.type) = (.failed, ProblemType.changes.rawValue)
        result.message = "the step must not change this: \(first.0.line)\(more)"
        let lines = wrong.prefix(50).map { "\($0.0.line)   [\($0.1)]" } + (wrong.count > 50 ? ["and \(wrong.count - 50) more"] : [])
        result.detail = ([result.message ?? ""] + lines).joined(separator: "\n")
    }
}
