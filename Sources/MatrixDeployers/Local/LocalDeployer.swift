internal import MatrixCore

/// Runs a program on the runner.
struct LocalDeployer: Deployer {
    let runner: any Transport

    var declaration: Declaration {
        Declaration(
            kind: "local", subject: .oneOrMore(.text), summary: "Runs a program on the runner",
            example: "- name: load\n  local: [./load.sh, \"${inventory}\"]", isCommand: true, examine: Self.examine)
    }

    func deploy(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws -> [CaseResult]
    {
        let started = Timestamp.now
        let folder = Paths.folder(of: step.subject.location)
        let words = try context.scope.render(step.subject).texts
        let secrets = SecretNames(of: context)
        let own = try StepEnvironment(step.environment, scope: context.scope, secrets: secrets, at: step.location)
        let command = Command(
            Self.resolved(words, in: folder), environment: context.environment.merging(own.values) { $1 }, directory: folder,
            outputLimit: 1 << 16)
        let commandLine = try kept(command, own, step, context)
        let tail = OutputTail(context)
        let result = try await runner.run(command, shownAs: commandLine) { line in
            tail.add(line)
            await log(line)
        }
        let failure = StepFailure.command(commandLine, result, tail: tail)
        var verdict = CaseResult(of: step, since: started)
        if !result.succeeded { verdict.fail(ProblemType.local.rawValue, "\(failure.outcome): \(failure.lastLine)", failure) }
        return [verdict]
    }

    /// A program with a slash is relative to the matrix file's folder; one without is found in `PATH`.
    private static func resolved(_ words: [String], in folder: String) -> [String] {
        guard let program = words.first, program.contains("/") else { return words }
        return [Paths.absolute(program, in: folder)] + words.dropFirst()
    }

    /// Writes the command beside the log, and returns the command to paste.
    private func kept(_ command: Command, _ own: StepEnvironment, _ step: StepPlan, _ context: CellContext) throws -> String {
        let needed = own.secrets.map(SecretNames(of: context).variable).sorted().map { ": \"${\($0):?set it to the secret first}\"" }
        let lines =
            ["#!/bin/sh"] + needed + own.exports(beside: context.environment) + [
                "cd \(ShellQuoting.quote(command.directory ?? "."))", "exec \(ShellQuoting.join(command.arguments))", "",
            ]
        let path = try StepFolder(of: step, in: context).keep(lines.joined(separator: "\n"), as: "command.sh", mode: 0o755)
        return "sh \(ShellQuoting.quote(path))"
    }

    @Sendable private static func examine(_ item: Document) -> [Diagnostic] {
        guard let subject = item["local"] else { return [] }
        let problems = SecretNames.diagnostics(in: subject, except: [])
        guard let program = subject.oneOrMore.first, program.text?.contains("/") == true else { return problems }
        return problems + [Paths.missing(program, "program")].compactMap(\.self)
    }
}
