public import MatrixCore

/// Asks the checks of a cell: each host's in one round trip, hosts at once, and again only what has not passed yet.
public struct CheckRunner: Checker {
    /// The name of the step that checks' cases belong to.
    static let stepName = "verify"

    private let now: @Sendable () -> Timestamp

    public init() {
        self.init { .now }
    }

    /// - Parameter now: the date by which waivers end.
    init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    public var declarations: [Declaration] { CheckCatalogue.kinds.map { $0.declaration } }

    /// The checks of every cell that nobody has to write: the host is the system that its cell says.
    public func guards(for cell: CellPlan) -> [StepPlan] {
        let nowhere = SourceLocation(file: "", line: 0, column: 0)
        let subject = Document.Member(key: "os", keyLocation: nowhere, value: Document(.map([]), at: nowhere))
        let name = "operating system is \(cell.os.release.id) \(cell.os.release.version)"
        return [StepPlan(name: name, kind: "os", options: Document(.map([subject]), at: nowhere))]
    }

    /// One case a host that the check selects; one without a host where the cell has none of these.
    public func plannedCases(of check: StepPlan, in cell: CellPlan) -> [PlannedCase] {
        // Implicit checks stand in no file.
        let location = check.location.file.isEmpty ? nil : check.location
        let hosts = cell.hosts(selectedBy: check.hosts)
        guard !hosts.isEmpty else { return [PlannedCase(phase: .verify, step: Self.stepName, name: check.name, location: location)] }
        if CheckCatalogue.kind(check.kind)?.asksOnce == true {
            return [PlannedCase(phase: .verify, step: Self.stepName, name: check.name, host: hosts[0].name, location: location)]
        }
        return hosts.map { host in
            let name = cell.hosts.count > 1 ? "\(check.name) (\(host.label(in: cell.hosts)))" : check.name
            return PlannedCase(phase: .verify, step: Self.stepName, name: name, host: host.name, location: location)
        }
    }

    public func verify(
        _ checks: [StepPlan], in context: CellContext, finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [CaseResult] {
        let questions = checks.flatMap { check in plannedCases(of: check, in: context.cell).map { Question(step: check, planned: $0) } }
        let today = String(now().description.prefix(10))
        var results = [CaseResult?](repeating: nil, count: questions.count)
        var tasks: [String: [HostRounds.Item]] = [:]
        for (index, question) in questions.enumerated() {
            switch prepare(question, in: context, today: today) {
            case .settled(let result):
                results[index] = result
                finished(result)
            case .asked(let task): tasks[task.host.name, default: []].append(HostRounds.Item(index: index, task: task))
            }
        }
        for (index, result) in try await ask(tasks, in: context, finished: finished) { results[index] = result }
        return results.compactMap(\.self)
    }

    private func ask(
        _ tasks: [String: [HostRounds.Item]], in context: CellContext, finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [(Int, CaseResult)] {
        let ways = Ways(hosts: context.hosts)
        let answers = await withTaskGroup(of: [(Int, CaseResult)].self) { group in
            for items in tasks.values {
                group.addTask { await HostRounds(items: items, ways: ways, finished: finished).run() }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        try Task.checkCancellation()
        return answers
    }
}

extension CheckRunner {
    private struct Question {
        var step: StepPlan
        var planned: PlannedCase
    }

    private enum Prepared {
        case settled(CaseResult)
        case asked(CheckTask)
    }

    private func prepare(_ question: Question, in context: CellContext, today: String) -> Prepared {
        let (step, planned) = (question.step, question.planned)
        if let reason = step.skipped { return .settled(planned.skipped(because: reason, at: now())) }
        guard let name = planned.host else {
            return .settled(planned.skipped(because: "this cell has no host '\(step.hosts ?? "all")'", at: now()))
        }
        guard let host = context.hosts.first(where: { $0.name == name }) else {
            return .settled(unanswerable(question, "the host is not connected", in: context))
        }
        do {
            return .asked(try task(for: question, on: host, in: context, today: today))
        } catch let error as UsageError {
            return .settled(unanswerable(question, error.diagnostics.map(\.description).joined(separator: "\n"), in: context))
        } catch {
            return .settled(unanswerable(question, "the check cannot be read", in: context))
        }
    }

    private func task(for question: Question, on host: Host, in context: CellContext, today: String) throws -> CheckTask {
        let step = question.step
        guard let kind = CheckCatalogue.kind(step.kind) else {
            throw UsageError([Diagnostic(at: step.location, "there is no check kind '\(step.kind)'")])
        }
        let scope = context.scope(for: host)
        let options = try scope.render(step.options)
        let environment = try step.environment.mapValues { try scope.render($0, at: step.location) }
        let item = CheckItem(
            kind: step.kind, options: options, user: step.modifiers.user, timeout: step.timeout, origin: step.modifiers.from, os: context.cell.os,
            environment: environment, kubeconfig: context.kubeconfig)
        let check = try kind.init(item)
        return CheckTask(
            step: step, planned: question.planned, host: host, check: check,
            commandLine: commandLine(for: check, of: step, on: host, in: context), redactor: context.redactor, today: today)
    }

    /// Secrets are taken out word by word first: quoted twice, the redactor would not know them any more.
    private func commandLine(for check: any Check, of step: StepPlan, on host: Host, in context: CellContext) -> String {
        var command = check.display
        command.arguments = command.arguments.map(context.redactor.redact)
        if (check as? any RequestedCheck)?.isAskedHere ?? false { return command.display }
        let asked = Ways.host(for: step.modifiers.from, asking: host, among: context.hosts) ?? host
        return context.redactor.redact(asked.transport.commandLine(for: command))
    }

    private func unanswerable(_ question: Question, _ why: String, in context: CellContext) -> CaseResult {
        let planned = question.planned
        let line = why.split(separator: "\n").first.map(String.init) ?? why
        return CaseResult(
            phase: planned.phase, step: planned.step, name: planned.name, outcome: .error, started: now(), seconds: 0,
            message: context.redactor.redact("could not be asked: \(line)"), detail: context.redactor.redact(why),
            type: "matrix.check.\(question.step.kind).unanswered", location: planned.location, host: planned.host)
    }
}
