internal import MatrixCore

/// Makes the cases of an `ansible` step: the step's own first, then its tasks, and whether a second run changed anything.
struct AnsibleJudge {
    private let step: StepPlan
    private let context: CellContext
    private let isStrict: Bool
    private let commandLine: String
    private let attachments: [String]
    private let version: String
    /// Names no case yet.
    private let fresh: TaskCases
    private var tasks: TaskCases

    init(_ step: StepPlan, _ workspace: AnsibleWorkspace, in context: CellContext, version: String) {
        self.step = step
        self.context = context
        self.version = version
        isStrict = workspace.options.isStrict
        commandLine = workspace.commandLine
        attachments = workspace.folder.attachments
        fresh = TaskCases(
            step, in: context, isStrict: isStrict, commandLine: commandLine, hasInventories: !workspace.inventories.isEmpty)
        tasks = fresh
    }

    /// The step's own case, then one for each task on each host.
    mutating func cases(of execution: AnsibleExecution) -> [CaseResult] {
        let cases = tasks.cases(of: execution.record)
        let excuses = AnsibleExcuses(execution.record, hosts: Set(context.hosts.map(\.name)))
        var verdict = AnsibleVerdict(of: execution, cases: cases)
        if verdict.outcome == .passed, isStrict, let idle = excuses.idleWords {
            verdict = AnsibleVerdict(outcome: .failed, message: idle, type: .ansibleNothing)
        }
        var summary = summary(step.name, execution, verdict)
        if let note = excuses.note { summary.properties[CaseResult.noteProperty] = context.excerpt(note, to: 500) }
        return [summary] + cases
    }

    /// The case of a second run.
    func idempotence(of execution: AnsibleExecution) -> CaseResult {
        var copy = fresh
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
        if record.ignoredUnreachable > 0 { properties["ignored_unreachable"] = "\(record.ignoredUnreachable)" }
        properties["ansible-core"] = version
        return properties
    }
}

/// The outcome of a whole run of `ansible-playbook`.
struct AnsibleVerdict {
    var outcome: Outcome
    var message: String?
    var type: ProblemType?

}

extension AnsibleVerdict {
    /// Judges a run by its tasks first, then by its exit status, and last by whether it did anything.
    init(of execution: AnsibleExecution, cases: [CaseResult]) {
        self = Self.ofTasks(cases) ?? Self.ofExit(execution) ?? Self.ofWork(execution.record) ?? AnsibleVerdict(outcome: .passed)
    }

    private static func ofTasks(_ cases: [CaseResult]) -> AnsibleVerdict? {
        let failed = cases.filter { $0.outcome == .failed }
        let unreachable = cases.filter { $0.outcome == .error }
        guard let first = failed.first ?? unreachable.first else { return nil }
        let count = failed.isEmpty ? unreachable.count : failed.count
        let more = count > 1 ? " (and \(count - 1) more)" : ""
        let message = "\(first.name): \(first.message ?? "failed")\(more)"
        return AnsibleVerdict(outcome: first.outcome, message: message, type: failed.isEmpty ? .ansibleUnreachable : .ansibleFailed)
    }

    /// If no play began, the playbook could not be read: the hosts did nothing, so there is no verdict on them.
    private static func ofExit(_ execution: AnsibleExecution) -> AnsibleVerdict? {
        let status = execution.result.exitStatus
        let reason = Self.errorLine(execution.tail)
        guard status == 0 else {
            let message = "ansible-playbook ended with exit status \(status): \(reason ?? "no message")"
            guard !execution.record.hasBegun else { return AnsibleVerdict(outcome: .failed, message: message, type: .ansibleExit) }
            return AnsibleVerdict(outcome: .error, message: message, type: Self.type(of: reason ?? ""))
        }
        guard execution.record.counts == nil else { return nil }
        let message = "ansible-playbook ended with exit status 0 but left no record of its tasks"
        return AnsibleVerdict(outcome: .error, message: message, type: .ansibleRecord)
    }

    private static func ofWork(_ record: TaskRecord) -> AnsibleVerdict? {
        guard !record.hasWorked else { return nil }
        let skipped = record.count(.skipped)
        let reason =
            skipped > 0 ? "all \(skipped) tasks were skipped" : "the playbook has no tasks for these hosts, or the tags select none"
        return AnsibleVerdict(outcome: .failed, message: "no task ran on any host: \(reason)", type: .ansibleNothing)
    }

    /// Ansible's own first error line, without its prefix.
    private static func errorLine(_ tail: OutputTail) -> String? {
        let lines = tail.errorLines.isEmpty ? tail.lines : tail.errorLines
        // Before 2.19, this error of a vault is told as one of the inventory; only its wrapped warning has the cause.
        if let cause = lines.joined(separator: " ").firstMatch(of: /Decryption failed \(([^)]*)\)/) {
            return "Decryption failed: \(cause.output.1)"
        }
        guard let line = lines.first(where: { $0.hasPrefix("ERROR!") || $0.hasPrefix("[ERROR]:") }) else {
            return lines.last { !$0.allSatisfy(\.isWhitespace) }
        }
        return line.split(separator: " ", maxSplits: 1).last.map(String.init)
    }

    private static func type(of reason: String) -> ProblemType {
        if reason.contains("role '") && reason.contains("was not found") { return .ansibleRole }
        if reason.contains("could not be found") || reason.contains("Unable to retrieve file contents") { return .ansiblePlaybook }
        if reason.lowercased().contains("vault") { return .ansibleVault }
        return .ansibleSyntax
    }
}
