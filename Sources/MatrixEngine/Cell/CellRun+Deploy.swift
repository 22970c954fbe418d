import MatrixCore

extension CellRun {
    /// Runs the deploy steps in order; the first that does not pass ends the cell's work.
    func deployPhase(_ context: CellContext) async {
        guard !record.isEnded else { return }
        guard !cell.deploy.isEmpty else { return }
        var context = context
        context.deployStarted = .now
        await phase(.deploy, within: cell.timeouts[.deploy]) { [context] in
            for step in cell.deploy where !record.isEnded {
                try Task.checkCancellation()
                await run(step, .deploy, in: context)
            }
        }
    }
}
