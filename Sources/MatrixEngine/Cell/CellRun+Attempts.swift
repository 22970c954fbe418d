import MatrixCore

extension CellRun {
    /// Runs one try of a phase and puts it on the record.
    ///
    /// - Parameter failure: what was wrong in a result that did not throw.
    /// - Returns: the result of the work, or its error.
    func attempt<R: Sendable>(
        _ phase: Phase, _ number: Int = 1, within limit: Duration, failure: (R) -> (any Error)? = { _ in nil },
        _ work: @escaping @Sendable () async throws -> R
    ) async -> Result<R, any Error> {
        record.emit(.phaseStarted(phase, attempt: number))
        let started = Timestamp.now
        let result: Result<R, any Error>
        do { result = .success(try await withDeadline(limit, work)) } catch { result = .failure(error) }
        let error = result.failure ?? (try? result.get()).flatMap(failure)
        let problem = error.map { self.problem($0, phase, interruption: interruption) }
        record.add(
            PhaseResult(
                phase: phase, attempt: number, started: started, finished: .now, outcome: problem?.outcome ?? .passed,
                message: problem?.message))
        return result
    }

    /// Records an error as a case and ends the cell's work.
    func fail(
        _ error: any Error, _ phase: Phase, step: String, name: String, started: Timestamp, attempts: [Attempt] = [], host: String? = nil
    ) {
        var result = thrown(error, phase: phase, step: step, name: name, started: started, host: host)
        result.attempts = attempts
        record.add(result)
        if result.outcome == .interrupted {
            record.interrupt(because: interruption ?? "interrupted")
        } else {
            record.end(because: "\(step == phase.rawValue ? step : "\(phase.rawValue) \(step)") failed")
        }
    }

    /// The rest of a phase's time.
    func remaining(of phase: Phase, since started: Timestamp) -> Duration {
        .seconds(max(0.001, cell.timeouts[phase].inSeconds - Timestamp.now.seconds(since: started)))
    }

    func isWorthAnotherTry(_ error: any Error, _ phase: Phase, since started: Timestamp) -> Bool {
        if Task.isCancelled || error is DeadlineExceeded || remaining(of: phase, since: started) < .milliseconds(10) { return false }
        return (error as? InfrastructureError)?.isTransient ?? false
    }

    func retrying(_ phase: Phase, _ number: Int, _ error: any Error) -> Attempt {
        let problem = problem(error, phase, interruption: nil)
        record.emit(.retrying(phase, attempt: number + 1, because: problem.message))
        return Attempt(outcome: .error, message: problem.message, detail: problem.detail, type: problem.type)
    }
}

extension Result {
    /// The error of a failure.
    var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
