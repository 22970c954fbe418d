internal import MatrixCore

/// Runs a script on the hosts by SSH.
struct ShellDeployer: Deployer {
    var declaration: Declaration {
        let file = ObjectShape(
            "a script file",
            [
                KeyShape("file", .text, "A script on the runner; its first line names the interpreter", required: true),
                KeyShape("args", .oneOrMore(.text), "Its arguments"),
            ])
        return Declaration(
            kind: "shell", subject: .either([.text, .object(file)]),
            keys: [KeyShape("as", .text, "The account on the host; default: root")],
            summary: "Runs a script on the hosts", example: "- name: seed\n  shell: systemctl restart telegraf\n  hosts: server",
            examine: Self.examine)
    }

    func deploy(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws -> [CaseResult]
    {
        let started = Timestamp.now
        let hosts = context.hosts(selectedBy: step.hosts)
        let folder = try StepFolder(of: step, in: context)
        let cases = try await onEach(hosts) { try await ShellRun(step, on: $0, in: context, folder: folder, log: log).result() }
        guard context.cell.hosts.count > 1 else { return cases }
        return [summary(step, cases, started)] + cases
    }

    /// The case with the step's name, if the cell has several hosts.
    private func summary(_ step: StepPlan, _ cases: [CaseResult], _ started: Timestamp) -> CaseResult {
        let failed = cases.filter { $0.outcome == .failed }
        var result = CaseResult(of: step, since: started)
        guard cases.isEmpty || !failed.isEmpty else { return result }
        (result.outcome, result.type, result.detail) = (.failed, ProblemType.shell.rawValue, failed.first?.detail)
        result.message =
            failed.first.map { "failed on \(failed.count) of \(cases.count) hosts: \($0.message ?? $0.name)" }
            ?? "no hosts matched: this cell has no host for \(step.hosts ?? "the step")"
        return result
    }

    @Sendable private static func examine(_ item: Document) -> [Diagnostic] { [Paths.missing(item["shell"]?["file"])].compactMap(\.self) }
}
