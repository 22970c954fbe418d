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
        let outcomes = await mapConcurrently(hosts, limit: 20) { host in
            await Self.outcome { try await ShellRun(step, on: host, in: context, folder: folder, log: log).result() }
        }
        let cases = try outcomes.map { try $0.get() }
        guard context.cell.hosts.count > 1 else { return cases }
        return [summary(step, cases, started)] + cases
    }

    private static func outcome(_ work: () async throws -> CaseResult) async -> Result<CaseResult, any Error> {
        do { return .success(try await work()) } catch { return .failure(error) }
    }

    /// The case with the step's name, if the cell has several hosts.
    private func summary(_ step: StepPlan, _ cases: [CaseResult], _ started: Timestamp) -> CaseResult {
        let failed = cases.filter { $0.outcome == .failed }
        var result = CaseResult(
            phase: .deploy, step: step.name, name: step.name, outcome: failed.isEmpty ? .passed : .failed, started: started,
            seconds: Timestamp.now.seconds(since: started), location: step.location)
        if cases.isEmpty {
            result.outcome = .failed
            result.message = "no hosts matched: this cell has no host for \(step.hosts ?? "the step")"
        } else if let first = failed.first {
            result.message = "failed on \(failed.count) of \(cases.count) hosts: \(first.message ?? first.name)"
            result.detail = first.detail
        }
        if result.outcome == .failed { result.type = ProblemType.shell.rawValue }
        return result
    }

    @Sendable private static func examine(_ item: Document) -> [Diagnostic] { [Paths.missing(item["shell"]?["file"])].compactMap(\.self) }
}
