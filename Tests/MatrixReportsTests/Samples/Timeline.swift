import MatrixCore

/// Puts phases and cases one after the other.
final class Timeline {
    let zero: Timestamp
    let began: Timestamp
    private(set) var now: Timestamp
    private(set) var phases: [PhaseResult] = []
    private(set) var cases: [CaseResult] = []
    private var phaseStart: Timestamp

    init(zero: Timestamp, at seconds: Double) {
        self.zero = zero
        began = zero + .milliseconds(Int64(Int(nearest: seconds * 1000)))
        now = began
        phaseStart = began
    }

    func phase(_ phase: Phase, attempt: Int = 1, seconds: Double, _ outcome: Outcome, _ message: String? = nil) {
        phaseStart = now
        now = now + .milliseconds(Int64(Int(nearest: seconds * 1000)))
        phases.append(PhaseResult(phase: phase, attempt: attempt, started: phaseStart, finished: now, outcome: outcome, message: message))
    }

    func test(
        _ phase: Phase, _ step: String, _ name: String, seconds: Double, _ outcome: Outcome, host: String? = nil, message: String? = nil,
        detail: String? = nil, type: String? = nil, line: Int? = nil, attempts: [Attempt] = [], attachments: [String] = [],
        observed: String? = nil
    ) {
        cases.append(
            CaseResult(
                phase: phase, step: step, name: name, outcome: outcome, started: phaseStart, seconds: seconds, message: message,
                detail: detail,
                type: type, location: line.map { SourceLocation(file: "matrices/local.yml", line: $0, column: 5) }, host: host,
                attempts: attempts,
                attachments: attachments, properties: observed.map { ["observed": $0] } ?? [:]))
    }
}
