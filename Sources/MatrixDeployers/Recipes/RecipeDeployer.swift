public import MatrixCore

/// Runs a recipe: its stages in order, each on its hosts, and then its checks. Under `verify:` it runs only the checks.
public struct RecipeDeployer: Deployer {
    private let recipe: Recipe
    private let checker: any Checker

    /// - Parameter checker: asks the recipe's checks.
    public init(_ recipe: Recipe, checker: any Checker) {
        self.recipe = recipe
        self.checker = checker
    }

    public var declaration: Declaration { recipe.declaration }

    public func deploy(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws
        -> [CaseResult]
    {
        let started = Timestamp.now
        let work = try RecipeStep(recipe, step, in: context)
        if let (type, message) = work.obstacle { return [summary(step, started, [], failure: (type, message))] }
        let isDeploying = context.phase != .verify
        if isDeploying, let missing = try await needs(of: work) { return [summary(step, started, [], failure: (.recipeNeeds, missing))] }
        let folders = WorkFolders(context)
        let cases = try await withCleanup {
            try await run(work, scripts: isDeploying, folders, log)
        } cleanup: {
            await folders.remove()
        }
        return [summary(step, started, cases, failure: nil)] + cases
    }

    /// What a host lacks that a stage needs; nothing has been done yet.
    private func needs(of work: RecipeStep) async throws -> String? {
        for part in work.parts {
            let needs = HostNeeds(memory: part.stage.memory, fullName: part.stage.needsFullName)
            for host in part.hosts {
                if let missing = try await needs.missing(on: host) {
                    return "\(work.context.label(of: host)) cannot run \(part.stage.name): \(missing)"
                }
            }
        }
        return nil
    }

    /// Runs the stages until one does not pass; the cases of the others are skipped.
    private func run(
        _ work: RecipeStep, scripts: Bool, _ folders: WorkFolders, _ log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [CaseResult] {
        var cases: [CaseResult] = []
        var ended: String?
        for part in work.parts {
            if let ended {
                cases += skipped(part, of: work, scripts: scripts, because: ended)
                continue
            }
            var new = scripts && part.stage.script != nil ? try await runScript(part, of: work, folders, log) : []
            if new.allSatisfy({ $0.outcome == .passed }) { new += try await ask(part, of: work) }
            cases += new
            guard let bad = new.first(where: \.outcome.isProblem) else { continue }
            ended = "not run: \(bad.name) \(bad.outcome == .failed ? "failed" : "ended in an error")"
        }
        return cases
    }

    private func runScript(
        _ part: RecipeStep.Part, of work: RecipeStep, _ folders: WorkFolders, _ log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [CaseResult] {
        let kept = try StepFolder(of: work.step, in: work.context)
        let cases = try await onEach(part.hosts) { host in
            let folder = try await folders.folder(on: host)
            let files = try await folders.place(try localFiles(of: part.stage, in: work), on: host)
            let run = try StageRun(part, of: work, on: host, in: folder, files: files, kept: kept, log: log)
            return try await run.result(named: name(part.stage.name, host, work))
        }
        if cases.allSatisfy({ $0.outcome == .passed }), let first = part.hosts.first {
            try await folders.carry(part.stage.files, from: first)
        }
        return cases
    }

    /// The runner's files for a stage's script, by variable; files that are not given are empty.
    private func localFiles(of stage: RecipeStage, in work: RecipeStep) throws -> [String: String] {
        var files: [String: String] = [:]
        for option in recipe.options where option.kind == .file && stage.script?.contains(option.variable) == true {
            guard let document = try work.step.subject[option.name].map(work.context.scope.render), document.text?.isEmpty == false else {
                continue
            }
            guard let path = Paths.absolute(document), FileSystem.exists(path), !FileSystem.isFolder(path) else {
                var error = InfrastructureError(
                    "the file of \(option.name): could not be read", why: document.text ?? "", next: "correct \(option.name): of the step",
                    isTransient: false)
                error.type = ProblemFamily.recipeFile.type(recipe.kind)
                throw error
            }
            files[option.variable] = path
        }
        return files
    }

    /// Asks the checks of a stage, each host's together.
    private func ask(_ part: RecipeStep.Part, of work: RecipeStep) async throws -> [CaseResult] {
        guard !part.stage.checks.isEmpty else { return [] }
        let scope = try work.checkScope()
        var cases: [CaseResult] = []
        for host in part.hosts {
            var context = work.context
            context.scope = scope
            context.cell.hosts = context.cell.hosts.filter { $0.name == host.name }
            cases += try await checker.verify(part.stage.checks, in: context) { _ in }.map { placed($0, host, work) }
        }
        return cases
    }

    /// A check's case as a case of the step.
    private func placed(_ result: CaseResult, _ host: Host, _ work: RecipeStep) -> CaseResult {
        var result = result
        result.name = name(result.name, host, work)
        result.location = work.step.location
        return result
    }

    private func skipped(_ part: RecipeStep.Part, of work: RecipeStep, scripts: Bool, because reason: String) -> [CaseResult] {
        let names = (scripts && part.stage.script != nil ? [part.stage.name] : []) + part.stage.checks.map(\.name)
        return part.hosts.flatMap { host in
            names.map { name in
                CaseResult(
                    phase: work.context.phase, step: work.step.name, name: self.name(name, host, work), outcome: .skipped, started: .now,
                    seconds: 0,
                    message: reason, location: work.step.location, host: host.name)
            }
        }
    }

    /// The name of a case: with the step's name before it, as a check may have the same name, and with the host if the cell has several.
    private func name(_ text: String, _ host: Host, _ work: RecipeStep) -> String {
        let name = "\(work.step.name): \(text)"
        return work.context.cell.hosts.count > 1 ? "\(name) (\(work.context.label(of: host)))" : name
    }

    /// The case with the step's name.
    private func summary(_ step: StepPlan, _ started: Timestamp, _ cases: [CaseResult], failure: (type: ProblemFamily, message: String)?)
        -> CaseResult
    {
        var result = CaseResult(of: step, since: started)
        if let bad = cases.first(where: \.outcome.isProblem) {
            (result.outcome, result.type, result.message, result.detail) = (bad.outcome, bad.type, bad.message ?? bad.name, bad.detail)
        }
        if let failure {
            result.outcome = .failed
            (result.type, result.message, result.detail) = (failure.type.type(recipe.kind), failure.message, failure.message)
        }
        return result
    }
}
