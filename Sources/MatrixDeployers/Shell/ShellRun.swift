internal import MatrixCore

/// One run of a `shell` step's script on one host.
struct ShellRun {
    private let step: StepPlan
    private let host: Host
    private let context: CellContext
    private let command: Command
    /// The command to paste, with the script that is kept beside the log.
    private let commandLine: String
    private let log: @Sendable (OutputLine) async -> Void

    init(_ step: StepPlan, on host: Host, in context: CellContext, folder: StepFolder, log: @escaping @Sendable (OutputLine) async -> Void)
        throws
    {
        self.step = step
        self.host = host
        self.context = context
        self.log = log
        let scope = context.scope(for: host)
        let names = SecretNames(of: context)
        let facts = context.environment.filter { ["SOLTI_RUN", "SOLTI_CELL", "SOLTI_OS", "SOLTI_PLATFORM"].contains($0.key) }
        let own = try StepEnvironment(step.environment, scope: scope, secrets: names, at: step.location)
        let shared = facts.mapValues(ShellQuoting.quote)
        let script = try Self.script(step.subject, scope, exports: shared.merging(own.values.mapValues(ShellQuoting.quote)) { $1 })
        let shown = try Self.script(step.subject, names.shellScope(scope), exports: shared.merging(own.display) { $1 })
        let user = try step.options["as"]?.text.map { try scope.render($0, at: step.location) } ?? "root"
        command = .script(script.text, user: user)
        let file = try folder.keep(shown.text, as: "\(Paths.fileName(context.label(of: host))).sh")
        commandLine = "\(host.transport.commandLine(for: command)) < \(ShellQuoting.quote(file))"
    }

    private static func script(_ subject: Document, _ scope: Scope, exports: [String: String]) throws -> ShellScript {
        if let text = subject.text {
            return ShellScript(source: .text(try scope.render(text, at: subject.location)), arguments: [], exports: exports)
        }
        let arguments = try (subject["args"]?.oneOrMore ?? []).compactMap { try scope.render($0).text }
        guard let option = try subject["file"].map(scope.render), let path = Paths.absolute(option), let text = FileSystem.text(of: path)
        else {
            throw InfrastructureError(
                "the script of the step could not be read", why: subject["file"]?.text ?? "it has no file", next: "check file: of the step",
                type: .shellFile, isTransient: false)
        }
        return ShellScript(source: .file(text), arguments: arguments, exports: exports)
    }

    /// Runs it; an exit status other than zero is a failed case.
    func result() async throws -> CaseResult {
        let started = Timestamp.now
        let tail = OutputTail(context)
        let result: CommandResult
        do {
            result = try await host.transport.run(command) { line in
                tail.add(line)
                await log(context.labelled(line, of: host))
            }
        } catch {
            throw StepFailure.of(error, commandLine: commandLine)
        }
        return verdict(result, tail, started)
    }

    private func verdict(_ result: CommandResult, _ tail: OutputTail, _ started: Timestamp) -> CaseResult {
        let name = context.cell.hosts.count > 1 ? "\(step.name) (\(context.label(of: host)))" : step.name
        var verdict = CaseResult(
            phase: .deploy, step: step.name, name: name, outcome: .passed, started: started, seconds: Timestamp.now.seconds(since: started),
            location: step.location, host: host.name)
        guard !result.succeeded else { return verdict }
        let failure = StepFailure.command(commandLine, result, tail: tail)
        verdict.outcome = .failed
        verdict.type = ProblemType.shell.rawValue
        verdict.message = "\(failure.outcome) on \(context.label(of: host)): \(failure.lastLine)"
        verdict.detail = failure.details
        return verdict
    }
}
