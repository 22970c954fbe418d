import MatrixCore

extension CellRun {
    /// Runs the deploy steps in order, and after each the checks that belong to it; the first that does not pass ends the cell's work.
    ///
    /// - Returns: the context of the phases that follow: a step may have restarted hosts.
    func deployPhase(_ context: CellContext) async -> CellContext {
        guard !record.isEnded, !cell.deploy.isEmpty else { return context }
        var context = context
        context.deployStarted = .now
        context.memory?.forget()
        var steps = cell.deploy[...]
        while true {
            let before = record.cases.count
            await phase(.deploy, within: cell.timeouts[.deploy]) { [context, steps] in
                for step in steps where !record.isEnded {
                    try Task.checkCancellation()
                    let found = await survey(for: step, in: current(context))
                    await run(step, .deploy, in: current(context))
                    await record(changesOf: step, since: found, in: current(context))
                    if !record.isEnded { await verify(after: step, in: current(context)) }
                }
            }
            guard let rest = await stepsAfterFailure(of: .deploy, since: before, steps, in: current(context)) else { break }
            steps = rest
        }
        return await current(context)
    }

    /// The context with the hosts as they are now, and what names their addresses written anew.
    private func current(_ context: CellContext) async -> CellContext {
        let restarted = await restarts.hosts
        guard context.hosts.contains(where: { restarted[$0.name] != nil }) else { return context }
        let hosts = context.hosts.map { restarted[$0.name] ?? $0 }
        guard var fresh = contextWithInventory(hosts, kubeconfig: context.kubeconfig) else { return context }
        fresh.deployStarted = context.deployStarted
        return fresh
    }
}
