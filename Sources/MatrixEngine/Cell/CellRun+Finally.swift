import MatrixCore

extension CellRun {
    /// Runs the `finally:` steps before the destroy, also after a failure, but not after an interruption.
    func finallyPhase(_ context: CellContext) async {
        guard !cell.finally.isEmpty, !record.isInterrupted, !context.hosts.isEmpty else { return }
        await phase(.finally, within: cell.timeouts[.finally]) {
            for step in cell.finally {
                try Task.checkCancellation()
                await run(step, .finally, in: context, endsCell: false)
            }
        }
    }
}
