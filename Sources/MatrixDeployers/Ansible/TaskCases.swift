internal import MatrixCore

/// Turns Ansible's events into cases: one for each task on each host.
struct TaskCases {
    private let step: StepPlan
    private let isStrict: Bool
    private let context: CellContext
    /// The command that runs the step again.
    private let commandLine: String
    /// Whether Ansible also reads inventories of the user's.
    private let hasInventories: Bool
    private var names: TaskNames

    init(_ step: StepPlan, in context: CellContext, isStrict: Bool, commandLine: String, hasInventories: Bool = false) {
        self.step = step
        self.hasInventories = hasInventories
        self.isStrict = isStrict
        self.commandLine = commandLine
        self.context = context
        names = TaskNames(context, taken: [step.name, "\(step.name) idempotence"])
    }

    /// The cases, in the order in which the tasks ended.
    mutating func cases(of record: TaskRecord) -> [CaseResult] {
        var cases: [CaseResult] = []
        for ending in record.endings { cases.append(result(of: ending)) }
        for play in record.emptyPlays { cases.append(result(of: play)) }
        return cases
    }

    private mutating func result(of ending: TaskRecord.Ending) -> CaseResult {
        let event = ending.event
        let name = names.name([ending.play, event.role, event.task], host: event.host)
        let began = event.started ?? event.time
        var result = CaseResult(
            phase: .deploy, step: step.name, name: name, outcome: outcome(of: event), started: Timestamp(seconds: began),
            seconds: max(0, event.time - began), location: step.location, host: event.host)
        result.properties = properties(of: ending)
        switch result.outcome {
        case .passed: break
        case .skipped: result.message = skipReason(of: event)
        default:
            result.type = Self.type(of: event).rawValue
            result.message = message(of: ending)
            result.detail = detail(of: ending)
        }
        return result
    }

    private static func type(of event: AnsibleEvent) -> ProblemType {
        switch event.status {
        case .ignored: .ansibleIgnored
        case .rescued: .ansibleRescued
        case .unreachable: .ansibleUnreachable
        default: .ansibleFailed
        }
    }

    private func outcome(of event: AnsibleEvent) -> Outcome {
        switch event.status {
        case .ok, .changed: .passed
        case .ignored, .rescued: isStrict ? .failed : .passed
        case .skipped: .skipped
        case .unreachable: .error
        case .failed, nil: .failed
        }
    }

    private func properties(of ending: TaskRecord.Ending) -> [String: String] {
        var properties: [String: String] = [:]
        if let path = ending.event.path { properties["task"] = path }
        if let attempts = ending.event.attempts, attempts > 1 { properties["attempts"] = "\(attempts)" }
        if !ending.items.isEmpty { properties["items"] = "\(ending.items.count)" }
        switch ending.event.status {
        case .changed: properties["changed"] = "true"
        case .ignored, .rescued:
            properties[ending.event.status?.rawValue ?? ""] = PlainText.clipped(message(of: ending), to: 300)
        default: break
        }
        return properties
    }

    private func skipReason(of event: AnsibleEvent) -> String {
        let reason = event.reason ?? event.msg ?? "skipped by Ansible"
        return event.condition.map { "\(reason): \($0)" } ?? reason
    }

    /// One line: why the task did not succeed.
    private func message(of ending: TaskRecord.Ending) -> String {
        let failed = ending.items.filter { $0.status == .failed }
        var text = ending.event.excerpt ?? "failed without a message"
        if let first = failed.first {
            text = "\(failed.count) of \(ending.items.count) items failed: \(first.item ?? "an item"): \(first.excerpt ?? "no message")"
        }
        switch ending.event.status {
        case .unreachable: text = "\(names.label(of: ending.event.host ?? "the host")) could not be reached: \(text)"
        case .ignored where ending.event.unreachable == true:
            text = "\(names.label(of: ending.event.host ?? "the host")) could not be reached, which was ignored: \(text)"
        case .ignored: text = "failed and ignored: \(text)"
        case .rescued: text = "failed and rescued: \(text)"
        default: break
        }
        return context.excerpt(text, to: 500)
    }

    /// Several lines: the task's place, all it printed, and the command to run it again.
    private func detail(of ending: TaskRecord.Ending) -> String {
        let event = ending.event
        var parts = ["task: \([event.role, event.task].compactMap(\.self).joined(separator: " : ")) (\(event.action ?? "unknown module"))"]
        if let path = event.path { parts.append("at: \(path)") }
        if let host = event.host { parts.append("host: \(host)") }
        if let rc = event.rc { parts.append("exit status: \(rc.text)") }
        parts += Self.outputs(of: event)
        for item in ending.items where item.status == .failed { parts += ["item \(item.item ?? ""):"] + Self.outputs(of: item) }
        parts.append("run it again: \(commandLine)")
        return parts.joined(separator: "\n")
    }

    private static func outputs(of event: AnsibleEvent) -> [String] {
        [("message", event.msg), ("stdout", event.stdout), ("stderr", event.stderr), ("module's stderr", event.moduleStderr)].compactMap {
            name, text in
            text.map { "\(name):\n\($0.split(whereSeparator: \.isNewline).map { "  \($0)" }.joined(separator: "\n"))" }
        }
    }

    private mutating func result(of play: TaskRecord.EmptyPlay) -> CaseResult {
        let name = names.name([play.name, "hosts"], host: nil)
        var result = CaseResult(
            phase: .deploy, step: step.name, name: name, outcome: .skipped, started: Timestamp(seconds: play.time), seconds: 0,
            location: step.location)
        guard !play.isLimited else {
            result.message = "hosts: \(step.hosts ?? "") of the step leaves out all hosts of this play"
            return result
        }
        result.outcome = .failed
        result.type = ProblemType.ansibleHosts.rawValue
        result.message = "no hosts matched: this cell has no host for the pattern \(play.pattern)"
        let others = hasInventories ? "A host that only an inventory of yours names is left out.\n" : ""
        result.detail =
            "The play '\(play.name)' did nothing.\nGive a role or a group of that name to hosts: in the matrix file, or change the play.\n"
            + others + "run it again: \(commandLine)"
        return result
    }
}
