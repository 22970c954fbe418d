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
        await phase(.deploy, within: cell.timeouts[.deploy]) { [context] in
            for step in cell.deploy where !record.isEnded {
                try Task.checkCancellation()
                let before = await survey(for: step, in: current(context))
                await run(step, .deploy, in: current(context))
                await record(changesOf: step, since: before, in: current(context))
                if !record.isEnded { await verify(after: step, in: current(context)) }
            }
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
