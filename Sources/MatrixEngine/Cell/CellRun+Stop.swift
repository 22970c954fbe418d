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
        guard let person = options.stop, !Task.isCancelled, interruption == nil,
            let failure = record.cases.dropFirst(before).first(where: { [.failed, .error].contains($0.outcome) }),
            let host = context.hosts.first(where: { $0.name == failure.host }) ?? context.hosts.first
        else { return nil }
        // A check between steps belongs to the step before it.
        let check = failure.phase == .verify ? cell.verify.first { $0.name == failure.step } : nil
        let index = steps.firstIndex { $0.name == check?.after ?? failure.step } ?? steps.startIndex
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
            let repeated = Set(steps[index...].map(\.name) + [failure.step])
            let between = Set(cell.verify.filter { $0.after.map { phase == .verify || repeated.contains($0) } ?? false }.map(\.name))
            record.reopen { result in
                if result.phase == .verify { return between.contains(result.step) != (phase == .verify) }
                return result.phase == phase && repeated.contains(result.step)
            }
            return steps[index...]
        case .goOn:
            guard phase == .deploy else { return nil }
            record.reopen { _ in false }
            return steps[index...].dropFirst()
        case .skip:
            record.reopen { _ in false }
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
