import MatrixCore

/// One check on one host: what is asked, and the case that comes of it.
struct CheckTask: Sendable {
    var step: StepPlan
    var planned: PlannedCase
    var host: Host
    var check: any Check
    /// What a person would type to see it; redacted.
    var commandLine: String
    var redactor: Redactor
    /// The day in UTC, for waivers.
    var today: String

    /// The last try and how many there were.
    struct Record: Sendable {
        var result: Result<Judgement, Unanswered>
        var attempts: Int
        /// How long it held where it had to hold longer.
        var held: Duration?
        var started: Timestamp
        var seconds: Double
    }

    func result(of record: Record) -> CaseResult {
        var result = CaseResult(
            phase: planned.phase, step: planned.step, name: planned.name, outcome: .passed, started: record.started, seconds: record.seconds,
            location: planned.location, host: planned.host)
        result.properties["attempts"] = "\(record.attempts)"
        switch record.result {
        case .success(let judgement): conclude(judgement, record, &result)
        case .failure(let unanswered): conclude(unanswered, record, &result)
        }
        waive(&result)
        return redacted(result)
    }

    private func conclude(_ judgement: Judgement, _ record: Record, _ result: inout CaseResult) {
        result.properties["observed"] = Observed.cut(judgement.observation, to: 500)
        guard let message = judgement.message else { return }
        let held = record.held.map { "it held for \($0.brief) only, not for \((step.modifiers.stable ?? .zero).brief); then " } ?? ""
        result.outcome = .failed
        result.type = "matrix.check.\(step.kind)"
        result.message = held + message
        result.detail = detail(judgement.explanation, record)
    }

    private func conclude(_ unanswered: Unanswered, _ record: Record, _ result: inout CaseResult) {
        result.outcome = .error
        result.type = "matrix.check.\(step.kind).unanswered"
        result.message = "could not be asked: \(unanswered.why)" + (unanswered.next.map { "; \($0)" } ?? "")
        result.detail = detail(unanswered.detail ?? unanswered.why, record)
    }

    private func detail(_ text: String, _ record: Record) -> String {
        let tries = record.attempts > 1 ? "\nasked \(record.attempts) times in \(Duration.seconds(record.seconds).brief); this is the last answer" : ""
        return "\(text)\(tries)\nsee it with:\n$ \(commandLine)"
    }

    /// A verdict may be waived; a question without an answer may not.
    private func waive(_ result: inout CaseResult) {
        guard let waiver = step.modifiers.waiver else { return }
        let reason = "waived until \(waiver.until): because: \(waiver.because)"
        switch result.outcome {
        case .failed where today <= waiver.until:
            result.outcome = .skipped
            result.properties["waived"] = result.message
            result.message = reason
        case .failed: result.message = "\(result.message ?? ""); the waiver ended with \(waiver.until) (\(waiver.because))"
        case .passed: result.properties["waived"] = "passes, though \(reason)"
        default: break
        }
    }

    private func redacted(_ result: CaseResult) -> CaseResult {
        var result = result
        result.message = result.message.map(redactor.redact)
        result.detail = result.detail.map(redactor.redact)
        result.properties = result.properties.mapValues(redactor.redact)
        return result
    }
}
