internal import MatrixCore

/// One run of a stage's script on one host.
struct StageRun {
    private let stage: RecipeStage
    private let work: RecipeStep
    private let host: Host
    private let command: Command
    /// The command to paste, with the script that is kept beside the log.
    private let commandLine: String
    private let log: @Sendable (OutputLine) async -> Void
    private var context: CellContext { work.context }

    /// - Parameter folder: the step's folder on the host.
    init(
        _ part: RecipeStep.Part, of work: RecipeStep, on host: Host, in folder: String, files: [String: String], kept: StepFolder,
        log: @escaping @Sendable (OutputLine) async -> Void
    ) throws {
        stage = part.stage
        self.work = work
        self.host = host
        self.log = log
        let (context, step) = (work.context, work.step)
        let scope = context.scope(for: host)
        let names = SecretNames(of: context)
        let own = try StepEnvironment(step.environment, scope: scope, secrets: names, at: step.location)
        let options = try StepEnvironment(work.optionTexts(), scope: scope, secrets: names, at: step.location)
        let facts = work.facts(of: host).merging(files) { $1 }.mapValues(ShellQuoting.quote)
        func script(_ exports: [[String: String]]) -> String {
            let all = exports.reduce(facts) { $0.merging($1) { $1 } }
            return ShellScript(source: .text("cd \(ShellQuoting.quote(folder))\n\(part.stage.script ?? "")"), arguments: [], exports: all)
                .text
        }
        command = .script(script([own.values.mapValues(ShellQuoting.quote), options.values.mapValues(ShellQuoting.quote)]), user: "root")
        let file = "\(Paths.fileName(context.label(of: host)))-\(Paths.fileName(part.stage.name)).sh"
        let path = try kept.keep(script([own.display, options.display]), as: file)
        commandLine = "\(host.transport.commandLine(for: command)) < \(ShellQuoting.quote(path))"
    }

    /// Runs it; any sign of failure makes a failed case.
    func result(named name: String) async throws -> CaseResult {
        let started = Timestamp.now
        let tail = OutputTail(context)
        let watch = OutputWatch(stage, context)
        context.announce("stage \(stage.name) on \(context.label(of: host))")
        let result = try await host.transport.run(command, shownAs: commandLine) { line in
            watch.look(at: line)
            tail.add(line)
            await log(context.labelled(line, of: host))
        }
        let kept = try keep(watch.secrets)
        var verdict = CaseResult(of: work.step, named: name, since: started, host: host.name)
        if !kept.isEmpty { verdict.properties["secrets"] = kept.joined(separator: " ") }
        let failure = StepFailure.command(commandLine, result, tail: tail)
        if let (type, message) = complaint(failure, watch) {
            verdict.fail(type.type(work.recipe.kind), "\(stage.name) on \(context.label(of: host)): \(message)", failure)
        }
        return verdict
    }

    private func complaint(_ failure: CommandFailure, _ watch: OutputWatch) -> (type: ProblemFamily, message: String)? {
        if failure.exitStatus != 0 { return (.recipe, "\(failure.outcome): \(watch.complaint ?? failure.lastLine)") }
        if let line = watch.complaint { return (.recipeOutput, "it ended with exit status 0, but printed: \(line)") }
        if let pattern = watch.missing.first {
            return (.recipeUnfinished, "it ended with exit status 0, but no line matches '\(pattern)'; the last line: \(failure.lastLine)")
        }
        let missing = stage.secrets.keys.filter { watch.secrets[$0] == nil }.sorted()
        if let name = missing.first { return (.recipeSecret, "it succeeded, but did not print the secret '\(name)'") }
        guard let (name, _) = watch.secrets.first(where: { $0.value.count < Redactor.minimumLength }) else { return nil }
        return (.recipeSecret, "the secret '\(name)' has fewer than \(Redactor.minimumLength) characters and cannot be hidden in output")
    }

    /// Writes secrets into the run's store.
    ///
    /// - Returns: their names in the store.
    private func keep(_ secrets: [String: String]) throws -> [String] {
        guard let store = context.secretStore else { return [] }
        let isAlone = work.parts.first { $0.stage.name == stage.name }?.hosts.count == 1
        return try secrets.sorted { $0.key < $1.key }.map { name, secret in
            let full = Paths.fileName("\(name).\(isAlone ? context.cell.name : host.name)")
            try store.keep(secret, as: full)
            return full
        }
    }
}
