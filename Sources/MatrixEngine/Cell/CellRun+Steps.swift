import MatrixCore

extension CellRun {
    /// Runs the steps of a phase under its deadline. The step that was running at the deadline is an error; the rest did not run.
    func phase(_ phase: Phase, within limit: Duration, _ work: @escaping @Sendable () async throws -> Void) async {
        record.emit(.phaseStarted(phase, attempt: 1))
        let started = Timestamp.now
        let before = record.cases.count
        var message: String?
        do { try await withDeadline(limit, work) } catch is DeadlineExceeded {
            message = "\(phase.rawValue) was not done after \(limit.brief)"
            expire(phase, before: before, message ?? "")
        } catch {
            record.interrupt(because: interruption ?? "interrupted")
        }
        if Task.isCancelled { record.interrupt(because: interruption ?? "interrupted") }
        let cases = record.cases.dropFirst(before)
        record.add(
            PhaseResult(
                phase: phase, attempt: 1, started: started, finished: .now, outcome: message == nil ? Self.outcome(of: cases) : .error,
                message: message))
    }

    /// Makes a deadline that passed between two steps an error of the first step that did not run.
    private func expire(_ phase: Phase, before: Int, _ message: String) {
        let hasError = record.cases.dropFirst(before).contains { $0.phase == phase && $0.outcome == .error }
        if !hasError, let next = planned.missing(in: record.cases).first(where: { $0.phase == phase }) {
            record.add(next.error(message, type: ProblemFamily.timeout.type(phase.rawValue)))
        }
        record.end(because: message)
    }

    private static func outcome(of cases: some Sequence<CaseResult>) -> Outcome {
        let outcomes = Set(cases.map(\.outcome))
        return [Outcome.error, .interrupted, .failed].first { outcomes.contains($0) } ?? .passed
    }

    /// Runs one step by its deployer, with its retries on infrastructure errors, and records its cases.
    func run(_ step: StepPlan, _ phase: Phase, in context: CellContext, endsCell: Bool = true) async {
        if let reason = step.skipped {
            return record.add(
                PlannedCase(phase: phase, step: step.name, name: step.name, location: step.location).skipped(because: reason, at: .now))
        }
        record.emit(.stepStarted(phase, step: step.name))
        let started = Timestamp.now
        var attempts: [Attempt] = []
        var context = context
        context.phase = phase
        let began = ContinuousClock.now
        var asked = 1
        while true {
            do {
                let cases = try await deploy(step, phase, in: context, started: started)
                // Some deployers report a missing verdict as a case: an unreachable host.
                if let error = cases.first(where: { $0.outcome == .error }), attempts.count < step.retries, !Task.isCancelled {
                    attempts.append(repeating(phase, attempts.count + 1, error))
                    continue
                }
                if let pause = Self.pause(until: step.modifiers, holds: cases, since: began) {
                    asked += 1
                    try await Task.sleep(for: pause)
                    continue
                }
                for (index, result) in cases.enumerated() { record.add(index == 0 ? result.after(attempts).asked(asked) : result) }
                if endsCell, let bad = cases.first(where: \.outcome.isProblem) {
                    record.end(because: "\(phase.rawValue) \(step.name) \(bad.outcome == .failed ? "failed" : "ended in an error")")
                }
                return
            } catch {
                if attempts.count < step.retries, !Task.isCancelled, (error as? InfrastructureError)?.isTransient == true {
                    attempts.append(retrying(phase, attempts.count + 1, error))
                    continue
                }
                let explained = await explained(error, context.hosts)
                return fail(step, phase, explained, in: context, started: started, attempts: attempts, endsCell: endsCell)
            }
        }
    }

    /// The pause before a step with `within` is asked again; nil if its time is over.
    private static func pause(until modifiers: CheckModifiers, holds cases: [CaseResult], since began: ContinuousClock.Instant) -> Duration?
    {
        guard let within = modifiers.within, !Task.isCancelled else { return nil }
        let holds = cases.allSatisfy { $0.outcome == .passed || ($0.outcome == .skipped && $0.properties["waived"] == nil) }
        let left = within - (ContinuousClock.now - began)
        return holds || left <= .zero ? nil : min(modifiers.every, left)
    }

    private func fail(
        _ step: StepPlan, _ phase: Phase, _ error: any Error, in context: CellContext, started: Timestamp, attempts: [Attempt],
        endsCell: Bool
    ) {
        // If the run is not stopped, the phase's deadline cancelled the step.
        let reported: any Error =
            error is CancellationError && interruption == nil ? DeadlineExceeded(limit: step.timeout ?? cell.timeouts[phase]) : error
        var result = thrown(
            reported, phase: phase, step: step.name, name: step.name, started: started, location: step.location)
        result.attempts = attempts
        result.attachments = [logName(step, phase)]
        record.add(result)
        if result.outcome == .interrupted {
            record.interrupt(because: interruption ?? "interrupted")
        } else if endsCell {
            record.end(because: "\(phase.rawValue) \(step.name) ended in an error")
        }
    }

    /// A lost connection with what the platform knows of the hosts.
    private func explained(_ error: any Error, _ hosts: [Host]) async -> any Error {
        guard var lost = error as? InfrastructureError, lost.type == ProblemType.sshLost.rawValue else { return error }
        for host in hosts {
            let trouble = try? await withDeadline(.seconds(20)) { [platform] in await platform.trouble(with: host.resource) }
            if let words = trouble { lost.why += "; \(words)" }
        }
        return lost
    }

    private func repeating(_ phase: Phase, _ number: Int, _ result: CaseResult) -> Attempt {
        let message = result.message ?? "ended in an error"
        record.emit(.retrying(phase, attempt: number + 1, because: message))
        return Attempt(
            outcome: .error, message: message, detail: result.detail ?? message,
            type: result.type ?? ProblemFamily.error.type(phase.rawValue))
    }

    private func logName(_ step: StepPlan, _ phase: Phase) -> String {
        "\(artifactsName)/\(StepLog.fileName("\(phase.rawValue)-\(step.name)")).log"
    }

    private func deploy(_ step: StepPlan, _ phase: Phase, in context: CellContext, started: Timestamp) async throws -> [CaseResult] {
        guard let deployer = parts.deployers[step.kind] else {
            throw InfrastructureError("step \(step.name)", why: "no deployer knows '\(step.kind)'", isTransient: false)
        }
        let log = try StepLog("\(phase.rawValue)-\(step.name)", in: (context.artifacts, artifactsName), redactor: parts.redactor) { line in
            record.emit(.output(phase, step: step.name, host: nil, line: line))
        }
        defer { log.finish() }
        var context = context
        context.announce = { [record] task in record.emit(.taskStarted(phase, step: step.name, task: task)) }
        let work: @Sendable () async throws -> [CaseResult] = { [context] in
            try await deployer.deploy(step, in: context) { log.write($0) }
        }
        let cases = try await withDeadline(step.timeout ?? .seconds(7 * 86400), work)
        guard !cases.isEmpty else {
            throw InfrastructureError("step \(step.name)", why: "its deployer returned no result", isTransient: false)
        }
        return cases.tellingOnce(besides: step.name).map { $0.placed(in: phase, of: step, log: log.name) }
    }
}

extension CaseResult {
    /// A deployer's case in its place: phase, step, position and log.
    fileprivate func placed(in phase: Phase, of step: StepPlan, log: String) -> CaseResult {
        var result = self
        result.phase = phase
        result.step = step.name
        if result.location == nil { result.location = step.location }
        if !result.attachments.contains(log) { result.attachments.append(log) }
        if let waiver = step.modifiers.waiver { result = result.waived(by: waiver, on: String(Timestamp.wall.description.prefix(10))) }
        return result
    }

    /// This case with its number of tries, if there was more than one.
    fileprivate func asked(_ count: Int) -> CaseResult {
        var result = self
        if count > 1 { result.properties["attempts"] = "\(count)" }
        return result
    }

    /// This case with the tries before it.
    fileprivate func after(_ attempts: [Attempt]) -> CaseResult {
        var result = self
        result.attempts = attempts + result.attempts
        return result
    }
}
