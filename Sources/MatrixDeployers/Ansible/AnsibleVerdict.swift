internal import MatrixCore

/// The outcome of a whole run of `ansible-playbook`.
struct AnsibleVerdict {
    var outcome: Outcome
    var message: String?
    var type: ProblemType?

    static let passed = AnsibleVerdict(outcome: .passed)

    /// Judges a run by its tasks first, then by its exit status, and last by whether it did anything.
    init(of execution: AnsibleExecution, cases: [CaseResult]) {
        self = Self.ofTasks(cases) ?? Self.ofExit(execution) ?? Self.ofWork(execution.record) ?? .passed
    }

    private init(outcome: Outcome, message: String? = nil, type: ProblemType? = nil) {
        self.outcome = outcome
        self.message = message
        self.type = type
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
        let reason = skipped > 0 ? "all \(skipped) tasks were skipped" : "the playbook has no task for them, or its tags leave none"
        return AnsibleVerdict(outcome: .failed, message: "no task ran on any host: \(reason)", type: .ansibleNothing)
    }

    /// Ansible's own first error line, without its prefix.
    private static func errorLine(_ tail: OutputTail) -> String? {
        let lines = tail.errorLines.isEmpty ? tail.lines : tail.errorLines
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
