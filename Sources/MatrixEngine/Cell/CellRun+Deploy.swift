import MatrixCore

extension CellRun {
    /// Runs the deploy steps in order; the first that does not pass ends the cell's work.
    func deployPhase(_ context: CellContext) async {
        guard !record.isEnded else { return }
        guard !cell.deploy.isEmpty else { return }
        var context = context
        context.deployStarted = .now
        var steps = cell.deploy[...]
        while true {
            let before = record.cases.count
            await phase(.deploy, within: cell.timeouts[.deploy]) { [context, steps] in
                for step in steps where !record.isEnded {
                    try Task.checkCancellation()
                    await run(step, .deploy, in: context)
                }
            }
            guard let rest = await stepsAfterFailure(of: .deploy, since: before, steps, in: context) else { return }
            steps = rest
        }
    }
}
