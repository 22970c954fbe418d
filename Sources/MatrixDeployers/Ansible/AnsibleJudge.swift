internal import MatrixCore

/// Makes the cases of an `ansible` step: the step's own first, then its tasks, and whether a second run changed anything.
struct AnsibleJudge {
    private let step: StepPlan
    private let context: CellContext
    private let isStrict: Bool
    private let commandLine: String
    private let attachments: [String]
    private let version: String
    private var tasks: TaskCases

    init(_ step: StepPlan, _ workspace: AnsibleWorkspace, in context: CellContext, version: String) {
        self.step = step
        self.context = context
        self.version = version
        isStrict = workspace.options.isStrict
        commandLine = workspace.commandLine
        attachments = workspace.folder.attachments
        tasks = TaskCases(step, in: context, isStrict: isStrict, commandLine: commandLine)
    }

    /// The step's own case, then one for each task on each host.
    mutating func cases(of execution: AnsibleExecution) -> [CaseResult] {
        let cases = tasks.cases(of: execution.record)
        let verdict = AnsibleVerdict(of: execution, cases: cases)
        return [summary(step.name, execution, verdict)] + cases
    }

    /// The case of a second run.
    func idempotence(of execution: AnsibleExecution) -> CaseResult {
        var copy = TaskCases(step, in: context, isStrict: isStrict, commandLine: commandLine)
        let cases = copy.cases(of: execution.record)
        let changed = cases.filter { $0.properties["changed"] != nil }
        var verdict = AnsibleVerdict(of: execution, cases: cases)
        if verdict.outcome != .passed { verdict.message = "the second run failed: \(verdict.message ?? "no reason given")" }
        if verdict.outcome == .passed, let first = changed.first {
            let tasks = changed.count == 1 ? "1 task" : "\(changed.count) tasks"
            verdict.outcome = .failed
            verdict.type = .ansibleIdempotence
            verdict.message = "\(tasks) changed something in the second run: \(first.name)\(changed.count > 1 ? ", …" : "")"
        }
        var result = summary("\(step.name) idempotence", execution, verdict)
        if verdict.type == .ansibleIdempotence {
            let lines = changed.map { "\($0.name)\($0.properties["task"].map { " (\($0))" } ?? "")" }
            result.detail = "changed in the second run:\n\(lines.joined(separator: "\n"))\nrun it again: \(commandLine)"
        }
        return result
    }

    /// The case of a second run that did not run because the first failed.
    var notIdempotent: CaseResult {
        CaseResult(
            phase: .deploy, step: step.name, name: "\(step.name) idempotence", outcome: .skipped, started: .now, seconds: 0,
            message: "not run: the first run did not pass", location: step.location)
    }

    private func summary(_ name: String, _ execution: AnsibleExecution, _ verdict: AnsibleVerdict) -> CaseResult {
        var result = CaseResult(
            phase: .deploy, step: step.name, name: name, outcome: verdict.outcome, started: execution.started,
            seconds: execution.finished.seconds(since: execution.started), location: step.location, attachments: attachments,
            properties: properties(of: execution))
        guard verdict.outcome != .passed else { return result }
        result.type = (verdict.type ?? .ansibleFailed).rawValue
        result.message = verdict.message.map { context.excerpt($0, to: 500) }
        let failure = StepFailure.command(commandLine, execution.result, tail: execution.tail)
        result.detail = failure.details
        return result
    }

    private func properties(of execution: AnsibleExecution) -> [String: String] {
        let record = execution.record
        let statuses: [AnsibleEvent.Status] = [.ok, .changed, .failed, .unreachable, .skipped, .rescued, .ignored]
        var properties = Dictionary(statuses.map { ($0.rawValue, "\(record.count($0))") }) { first, _ in first }
        properties["ansible-core"] = version
        return properties
    }
}
