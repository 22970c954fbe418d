internal import MatrixCore

/// Runs a playbook or a role by `ansible-playbook`; its tasks become cases.
struct AnsibleDeployer: Deployer {
    let runner: any Transport
    private let tool: AnsibleTool

    init(runner: any Transport) {
        self.runner = runner
        tool = AnsibleTool(runner: runner)
    }

    var declaration: Declaration { AnsibleDeclaration.declaration }

    func deploy(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws -> [CaseResult]
    {
        let options = try AnsibleOptions(step, scope: context.scope)
        let hosts = context.hosts(selectedBy: step.hosts)
        let needingTerminal = AnsibleSettings.setsPipelining(options) ? await TerminalNeed.hosts(hosts) : []
        let workspace = try AnsibleWorkspace(step, options, in: context, runner: runner, needingTerminal: needingTerminal)
        return try await withCleanup {
            try await run(step, workspace, in: context, log: log)
        } cleanup: {
            await workspace.close()
        }
    }

    private func run(
        _ step: StepPlan, _ workspace: AnsibleWorkspace, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [CaseResult] {
        try workspace.writeScript()
        let version = try await tool.version(environment: workspace.environment)
        let process = AnsibleProcess(
            runner: runner, commandLine: workspace.commandLine, directory: workspace.options.directory, environment: workspace.environment,
            unset: workspace.unset, settings: workspace.settings, context: context, log: log)
        if let requirements = workspace.options.requirements {
            try FileSystem.makeFolder("\(workspace.settings.tree)/roles")
            try await process.install(requirements, into: workspace.settings.tree)
        }
        var workspace = workspace
        if !workspace.inventories.isEmpty, try await process.namesThisMachine(workspace.inventories) {
            workspace.allowsThisMachine = false
            try workspace.writeScript()
        }
        let arguments = workspace.words
        let first = try await process.play(arguments, events: "\(workspace.scratch)/events-1.ndjson")
        workspace.facts?.forget(after: first.record)
        var judge = AnsibleJudge(step, workspace, in: context, version: version)
        var cases = judge.cases(of: first)
        guard workspace.options.isIdempotent else { return cases }
        guard cases.first?.outcome == .passed else { return cases + [judge.notIdempotent] }
        await log(OutputLine(.standardOutput, "second run, which must change nothing:"))
        context.announce("second run, which must change nothing")
        // With the facts of the first run it would not see what that has changed.
        workspace.facts?.forget()
        let again = arguments + ["--skip-tags", "molecule-idempotence-notest"]
        cases.append(judge.idempotence(of: try await process.play(again, events: "\(workspace.scratch)/events-2.ndjson")))
        return cases
    }
}
