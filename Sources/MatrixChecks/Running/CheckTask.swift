import MatrixCore

/// One check on one host: the question and the resulting case.
struct CheckTask: Sendable {
    var step: StepPlan
    var planned: PlannedCase
    var host: Host
    var vantage: Vantage
    /// The host's label, if the cell has several hosts; cases that a script reports carry it, too.
    var label: String?
    var check: any Check
    /// The command that a person can type to see it.
    var commandLine: String
    /// The day in UTC, for waivers.
    var today: String
    /// The place and the name for what it saw; nil if it remembers nothing.
    var memory: (book: CheckMemory, name: String)?
    /// What its host is asked if it fails.
    var evidence: [EvidenceQuestion] = []

    /// The last try and how many there were.
    struct Record: Sendable {
        var result: Result<Judgement, Unanswered>
        var attempts: Int
        /// How long it held, if it had to hold longer.
        var held: Duration?
        var started: Timestamp
        var seconds: Double
    }

    /// The planned case, then one for each test that a script reported.
    func results(of record: Record) -> [CaseResult] {
        let parts = (try? record.result.get().parts) ?? []
        return [result(of: record)]
            + ReportedNames.unique(parts, label: label, except: planned.name).map { self.result(of: $0.part, named: $0.name, record) }
    }

    private func result(of part: ReportedCase, named name: String, _ record: Record) -> CaseResult {
        var result = CaseResult(
            phase: planned.phase, step: planned.step, name: name, outcome: .passed, started: record.started, seconds: part.seconds ?? 0,
            location: planned.location, host: planned.host)
        switch part.verdict {
        case .passed: return result
        case .skipped: result.outcome = .skipped
        case .failed: (result.outcome, result.type) = (.failed, ProblemFamily.checkTest.type(step.kind))
        case .error: (result.outcome, result.type) = (.error, ProblemFamily.checkTest.type(step.kind))
        }
        result.message = Observed.excerpt(part.message ?? "failed without a message", to: 500)
        let detail = Observed.excerpt(part.detail ?? part.message ?? "")
        result.detail = result.outcome == .skipped ? nil : "\(detail)\nsee it with:\n$ \(commandLine)"
        if let waiver = step.modifiers.waiver { result = result.waived(by: waiver, on: today) }
        return result
    }

    private func result(of record: Record) -> CaseResult {
        var result = CaseResult(
            phase: planned.phase, step: planned.step, name: planned.name, outcome: .passed, started: record.started,
            seconds: record.seconds,
            location: planned.location, host: planned.host)
        result.properties["attempts"] = "\(record.attempts)"
        switch record.result {
        case .success(let judgement): conclude(judgement, record, &result)
        case .failure(let unanswered): conclude(unanswered, record, &result)
        }
        if let waiver = step.modifiers.waiver { result = result.waived(by: waiver, on: today) }
        return result
    }

    /// How long a check held that should have held longer.
    static func held(_ time: Duration, of wanted: Duration) -> String {
        time.brief == wanted.brief
            ? "it held for almost \(wanted.brief); then " : "it held for \(time.brief) only, not for \(wanted.brief); then "
    }

    private func conclude(_ judgement: Judgement, _ record: Record, _ result: inout CaseResult) {
        result.properties["observed"] = Observed.cut(judgement.observation, to: 500)
        result.properties["route"] = judgement.relay.map { "relayed by \($0) on the host: its sshd refuses forwards" }
        guard let message = judgement.message else {
            if let reason = judgement.skipped { (result.outcome, result.message) = (.skipped, reason) }
            return remember(judgement, record, &result)
        }
        let held = record.held.map { Self.held($0, of: step.modifiers.stable ?? .zero) } ?? ""
        result.outcome = .failed
        result.type = ProblemFamily.check.type(step.kind)
        result.message = held + message
        result.detail = detail(judgement.explanation, record)
    }

    private func remember(_ judgement: Judgement, _ record: Record, _ result: inout CaseResult) {
        guard let memory, let value = judgement.remembered, result.outcome == .passed else { return }
        do { try memory.book.keep(value, as: memory.name, of: host.name) } catch let error as InfrastructureError {
            conclude(Unanswered("\(error.what): \(error.why)", next: error.next), record, &result)
        } catch { conclude(Unanswered("what it saw could not be remembered"), record, &result) }
    }

    private func conclude(_ unanswered: Unanswered, _ record: Record, _ result: inout CaseResult) {
        result.outcome = .error
        result.type = ProblemFamily.checkUnanswered.type(step.kind)
        result.message = "could not be asked: \(unanswered.why)" + (unanswered.next.map { "; \($0)" } ?? "")
        result.detail = detail(unanswered.detail ?? unanswered.why, record)
    }

    private func detail(_ text: String, _ record: Record) -> String {
        let tries =
            record.attempts > 1
            ? "\nasked \(record.attempts) times in \(Duration.bounded(seconds: record.seconds).brief); this is the last answer" : ""
        return "\(text)\(tries)\nsee it with:\n$ \(commandLine)"
    }
}
