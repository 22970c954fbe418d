import MatrixCore

extension CellRun {
    /// The case of an operation that threw.
    func thrown(
        _ error: any Error, phase: Phase, step: String, name: String, started: Timestamp, host: String? = nil,
        location: SourceLocation? = nil
    ) -> CaseResult {
        let seconds = max(0, Timestamp.now.seconds(since: started))
        let problem = problem(error, phase, interruption: interruption)
        return CaseResult(
            phase: phase, step: step, name: name, outcome: problem.outcome, started: started, seconds: seconds, message: problem.message,
            detail: problem.detail, type: problem.type, location: location, host: host)
    }

    /// An error as a report shows it.
    func problem(_ error: any Error, _ phase: Phase, interruption: String?) -> Problem {
        Problem(error, phase: phase, interruption: interruption, redactor: parts.redactor)
    }
}

/// An error as a report shows it.
struct Problem {
    var outcome: Outcome
    /// One line.
    var message: String
    var detail: String
    var type: String

    /// - Parameter interruption: why the run stops, if it does: then a cancelled step is not the cause.
    init(_ error: any Error, phase: Phase, interruption: String?, redactor: Redactor) {
        switch error {
        case let error as InfrastructureError:
            outcome = .error
            message = redactor.firstLine(of: "\(error.what): \(error.why)")
            detail = error.description
            type = error.type == ProblemType.infrastructure.rawValue ? ProblemFamily.infrastructure.type(phase.rawValue) : error.type
        case let error as DeadlineExceeded:
            outcome = .error
            message = "\(phase.rawValue) was \(error)"
            detail = "\(message)\nnext: give it more time with timeouts: { \(phase.rawValue): … } if it only needs longer"
            type = ProblemFamily.timeout.type(phase.rawValue)
        case is CancellationError where interruption != nil:
            outcome = .interrupted
            message = "interrupted: \(interruption ?? "")"
            detail = message
            type = ProblemType.interrupted.rawValue
        case let error as UsageError:
            outcome = .error
            message = redactor.firstLine(of: error.description)
            detail = error.description
            type = ProblemFamily.usage.type(phase.rawValue)
        default:
            outcome = .error
            detail = FileProblem.description(of: error)
            message = redactor.firstLine(of: detail)
            type = ProblemFamily.error.type(phase.rawValue)
        }
        if interruption != nil, outcome == .error, Task.isCancelled {
            outcome = .interrupted
            type = ProblemType.interrupted.rawValue
        }
    }
}
