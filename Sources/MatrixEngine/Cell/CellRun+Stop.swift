import MatrixCore

extension CellRun {
    /// Lets a person decide if a phase has a problem since `before`, outside of the phase's deadline.
    ///
    /// - Parameters:
    ///   - before: the number of cases on record when the phase began.
    ///   - steps: the steps that the phase had to run.
    /// - Returns: the steps with which the phase goes on; nil if it is over.
    func stepsAfterFailure(of phase: Phase, since before: Int, _ steps: ArraySlice<StepPlan>, in context: CellContext) async
        -> ArraySlice<StepPlan>?
    {
        let cases = record.cases
        guard let person = options.stop, !Task.isCancelled, interruption == nil,
            let place = cases.indices.dropFirst(before).first(where: { [.failed, .error].contains(cases[$0].outcome) }),
            case let failure = cases[place],
            let host = context.hosts.first(where: { $0.name == failure.host }) ?? context.hosts.first
        else { return nil }
        // A check between steps belongs to the step before it.
        let name = phase == .deploy ? cases[...place].last { $0.phase == .deploy }?.step : failure.step
        let index = steps.firstIndex { $0.name == name } ?? steps.startIndex
        let step = steps.indices.contains(index) ? steps[index] : nil
        record.emit(.waiting("stopped at \(failure.name): a person decides"))
        let choice = await person.choice(
            after: StoppedCell(
                cell: cell.name, failure: failure, host: host, environment: environment(of: step, on: host, in: context),
                script: "\(context.artifacts)/\(StepLog.fileName("\(phase.rawValue)-\(failure.step)"))/\(context.label(of: host)).sh"))
        guard !Task.isCancelled, interruption == nil else { return nil }
        record.emit(.warning("\(failure.name): \(choice.rawValue)"))
        switch choice {
        case .again:
            let first = phase == .deploy ? cases.indices.dropFirst(before).first { cases[$0].step == name } : nil
            record.reopen(from: first ?? before)
            return steps[index...]
        case .goOn:
            guard phase == .deploy else { return nil }
            record.reopen()
            return steps[index...].dropFirst()
        case .skip:
            record.reopen()
            for missing in planned.missing(in: record.cases) where missing.phase == phase {
                record.add(missing.skipped(because: "skipped by hand", at: .now))
            }
            return nil
        case .keep, .tearDown:
            record.decide(keeps: choice == .keep)
            record.end(because: "ended by hand after \(failure.name)")
            return nil
        }
    }

    /// The facts of the run, and the step's own variables that hold no secret.
    private func environment(of step: StepPlan?, on host: Host, in context: CellContext) -> [String: String] {
        let facts = context.environment.filter { ["SOLTI_RUN", "SOLTI_CELL", "SOLTI_OS", "SOLTI_PLATFORM"].contains($0.key) }
        let scope = context.scope(for: host)
        let own = (step?.environment ?? [:]).filter { !$0.value.contains("${secrets.") }
        return facts.merging(own.compactMapValues { try? scope.render($0) }) { $1 }
    }
}
