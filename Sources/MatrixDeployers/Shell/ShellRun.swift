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
        let result = try await host.transport.run(command, shownAs: commandLine) { line in
            tail.add(line)
            await log(context.labelled(line, of: host))
        }
        let label = context.label(of: host)
        let name = context.cell.hosts.count > 1 ? "\(step.name) (\(label))" : step.name
        var verdict = CaseResult(of: step, named: name, since: started, host: host.name)
        let failure = StepFailure.command(commandLine, result, tail: tail)
        if !result.succeeded { verdict.fail(ProblemType.shell.rawValue, "\(failure.outcome) on \(label): \(failure.lastLine)", failure) }
        return verdict
    }
}
