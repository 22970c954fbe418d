public import MatrixCore
internal import MatrixRemote

/// Asks the checks of a cell: one round trip per host, all hosts at once. Only checks that have not passed are asked again.
public struct CheckRunner: Checker {
    /// The name of the step that checks' cases belong to.
    static let stepName = "verify"

    private let kinds: [any Check.Type]
    private let runner: any Transport
    private let now: @Sendable () -> Timestamp
    private let evidence: EvidenceLevel

    /// - Parameter runner: asks what is asked `from: runner`.
    init(runner: any Transport) {
        self.init(kinds: CheckCatalogue.kinds, runner: runner)
    }

    /// - Parameter evidence: what is read on a host when a check fails there.
    public init(evidence: EvidenceLevel = .off) {
        self.init(kinds: CheckCatalogue.kinds, evidence: evidence)
    }

    /// - Parameter now: the date by which waivers end.
    init(
        kinds: [any Check.Type] = CheckCatalogue.kinds, runner: any Transport = LocalTransport(),
        now: @escaping @Sendable () -> Timestamp = { .now }, evidence: EvidenceLevel = .off
    ) {
        self.evidence = evidence
        self.kinds = kinds
        self.runner = runner
        self.now = now
    }

    public var declarations: [Declaration] { kinds.map { $0.declaration } }

    private func kind(_ key: String) -> (any Check.Type)? { kinds.first { $0.declaration.kind == key } }

    /// The implicit checks of every cell: the host runs the cell's system.
    public func guards(for cell: CellPlan) -> [StepPlan] {
        let nowhere = SourceLocation(file: "", line: 0, column: 0)
        let subject = Document.Member(key: "os", keyLocation: nowhere, value: Document(.map([]), at: nowhere))
        let name = "operating system is \(cell.os.release.id) \(cell.os.release.version)"
        return [StepPlan(name: name, kind: "os", options: Document(.map([subject]), at: nowhere))]
    }

    /// Only the good answer is taken from what the hosts said. If one runs another system, it is asked, and its answer explains that.
    public func verdicts(on guards: [StepPlan], in context: CellContext) -> [CaseResult]? {
        let facts = context.hosts.map(\.transport.facts)
        guard guards.allSatisfy({ $0.kind == OSCheck.declaration.kind }),
            facts.allSatisfy({ $0?.isSystem(context.cell.os.release) == true })
        else { return nil }
        return guards.flatMap { plannedCases(of: $0, in: context.cell) }.map { planned in
            CaseResult(
                phase: planned.phase, step: planned.step, name: planned.name, outcome: .passed, started: now(), seconds: 0,
                location: planned.location, host: planned.host)
        }
    }

    /// One case per host that the check selects; one without a host if the cell has none of them.
    public func plannedCases(of check: StepPlan, in cell: CellPlan) -> [PlannedCase] {
        // Implicit checks are in no file.
        let location = check.location.file.isEmpty ? nil : check.location
        let hosts = cell.hosts(selectedBy: check.hosts)
        // The tests of a script come beside its own case.
        let step = check.kind == ScriptCheck.declaration.kind ? check.name : Self.stepName
        guard !hosts.isEmpty else { return [PlannedCase(phase: .verify, step: step, name: check.name, location: location)] }
        if kind(check.kind)?.asksOnce == true {
            return [PlannedCase(phase: .verify, step: step, name: check.name, host: hosts[0].name, location: location)]
        }
        return hosts.map { host in
            let name = cell.hosts.count > 1 ? "\(check.name) (\(host.label(in: cell.hosts)))" : check.name
            return PlannedCase(phase: .verify, step: step, name: name, host: host.name, location: location)
        }
    }

    public func verify(
        _ checks: [StepPlan], in context: CellContext, finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [CaseResult] {
        let questions = checks.flatMap { check in plannedCases(of: check, in: context.cell).map { Question(step: check, planned: $0) } }
        let today = String(now().description.prefix(10))
        var results = [[CaseResult]](repeating: [], count: questions.count)
        var rounds: [String: (vantage: Vantage, items: [HostRounds.Item])] = [:]
        for (index, question) in questions.enumerated() {
            switch prepare(question, in: context, today: today) {
            case .settled(let result):
                results[index] = [result]
                finished(result)
            case .asked(let task):
                // A probe runs on the host that asks; a request takes its route there.
                let vantage = task.check is any ProbedCheck ? task.vantage : .host(task.host)
                rounds[vantage.name, default: (vantage, [])].items.append(HostRounds.Item(index: index, task: task))
            }
        }
        let asked = try await Redactor.$current.withValue(context.redactor) { [rounds = Array(rounds.values)] in
            try await ask(rounds, finished: finished)
        }
        for (index, cases) in asked { results[index] = cases }
        return results.flatMap(\.self)
    }

    private func ask(
        _ rounds: [(vantage: Vantage, items: [HostRounds.Item])], finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [(Int, [CaseResult])] {
        let forwards = PortForwards()
        let answers = await withTaskGroup(of: [(Int, [CaseResult])].self) { group in
            for round in rounds {
                group.addTask {
                    await HostRounds(
                        vantage: round.vantage, items: round.items, forwards: forwards, evidence: evidence, finished: finished
                    ).run()
                }
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
            return .settled(unanswerable(question, "the host is not connected"))
        }
        do {
            return .asked(try task(for: question, on: host, in: context, today: today))
        } catch let error as UsageError {
            return .settled(unanswerable(question, error.diagnostics.map(\.description).joined(separator: "\n")))
        } catch {
            return .settled(unanswerable(question, "the check cannot be read"))
        }
    }

    private func task(for question: Question, on host: Host, in context: CellContext, today: String) throws -> CheckTask {
        let step = question.step
        guard let kind = kind(step.kind) else {
            throw UsageError([Diagnostic(at: step.location, "there is no check kind '\(step.kind)'")])
        }
        guard let vantage = Vantage(step.modifiers.from, asking: host, among: context.hosts, runner: runner) else {
            let from = step.options["from"]
            throw UsageError([
                Diagnostic(at: from?.location, "this cell has no host '\(from?.text ?? "")' to ask from", hint: "correct from:")
            ])
        }
        let scope = context.scope(for: host)
        let options = try scope.render(step.options)
        var environment = try step.environment.mapValues { try scope.render($0, at: step.location) }
        if case .runner = vantage { environment.merge(context.environment) { own, _ in own } }
        var item = CheckItem(
            kind: step.kind, options: options, user: step.modifiers.user, timeout: step.timeout, origin: step.modifiers.from,
            os: context.cell.os,
            environment: environment, address: vantage.address(of: host),
            deployStarted: context.cell.deploy.isEmpty ? nil : context.deployStarted,
            kubeconfig: context.kubeconfig)
        item.memory = try memory(of: step, on: host, in: context)
        let check = try kind.init(item)
        let book = step.options["remember"] == nil ? nil : context.memory
        return CheckTask(
            step: step, planned: question.planned, host: host, vantage: vantage,
            label: context.hosts.count > 1 ? context.label(of: host) : nil,
            check: check, commandLine: commandLine(for: check, from: vantage), today: today,
            memory: book.flatMap { book in item.memory.map { (book, $0.name) } },
            evidence: check.evidence + [.troubles(since: item.deployStarted)] + EvidenceQuestion.state)
    }

    /// - Throws: `UsageError` if nothing was remembered under the name that it recalls.
    private func memory(of step: StepPlan, on host: Host, in context: CellContext) throws -> MemoryItem? {
        if let name = step.options["remember"]?.text { return MemoryItem(name: name) }
        guard let recall = step.options["recall"], let name = recall.text else { return nil }
        guard let value = context.memory?.value(name, of: host.name) else {
            throw UsageError([
                Diagnostic(
                    at: recall.location, "nothing was remembered as `\(name)` of \(context.label(of: host))",
                    hint: "the check with `remember: \(name)` must hold on this host first; run the deploy again")
            ])
        }
        return MemoryItem(name: name, recalled: value)
    }

    private func commandLine(for check: any Check, from vantage: Vantage) -> String {
        guard case .host(let host) = vantage, !check.isAskedHere else { return check.display.display }
        let input = check.displayInput.map { " <\(ShellQuoting.quote($0))" } ?? ""
        return host.transport.commandLine(for: check.display) + input
    }

    private func unanswerable(_ question: Question, _ why: String) -> CaseResult {
        let planned = question.planned
        let line = why.split(separator: "\n").first.map(String.init) ?? why
        return CaseResult(
            phase: planned.phase, step: planned.step, name: planned.name, outcome: .error, started: now(), seconds: 0,
            message: "could not be asked: \(line)", detail: why,
            type: ProblemFamily.checkUnanswered.type(question.step.kind), location: planned.location, host: planned.host)
    }
}
