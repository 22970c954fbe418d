internal import MatrixCore
internal import MatrixRemote

/// Puts an application into the cell's cluster.
struct KubernetesDeployer: RevocableDeployer {
    let runner: any Transport

    var declaration: Declaration { Self.declaration }

    func deploy(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws -> [CaseResult]
    {
        let started = Timestamp.now
        let options = try KubernetesOptions(step, scope: context.scope)
        let isDone: [CaseResult]
        if case .helm(let release) = options.source {
            isDone = try await helm(release, options, step, context, log)
        } else {
            isDone = try await apply(options, step, context, log)
        }
        return [summary(step, isDone, started)] + isDone.dropFirst(isDone.count == 1 && isDone[0].name == step.name ? 1 : 0)
    }

    func withdraw(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws {
        let options = try KubernetesOptions(step, scope: context.scope)
        guard !options.isAbsent else { return }
        if case .helm(let release) = options.source {
            let command = helmCommand(release.uninstall(from: options.namespace, wait: options.wait), context)
            try await runner.require(command, "release \(release.name) could not be uninstalled")
            return
        }
        let kubectl = try await Kubectl(options.seat, namespace: options.namespace, runner: runner, in: context)
        let result = try await delete(try await Manifests(kubectl: kubectl, runner: runner).text(of: options.source), options, kubectl, log)
        guard result.succeeded else {
            let failure = kubectl.failure(kubectl.command(["delete", "-f", "-"]), result)
            throw InfrastructureError("what \(step.name) applied could not be deleted", why: failure.lastLine, command: failure)
        }
    }

    // MARK: - Manifests

    private func apply(
        _ options: KubernetesOptions, _ step: StepPlan, _ context: CellContext, _ log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [CaseResult] {
        let kubectl = try await Kubectl(options.seat, namespace: options.namespace, runner: runner, in: context)
        let text = try await Manifests(kubectl: kubectl, runner: runner).text(of: options.source)
        try StepFolder(of: step, in: context).keep(text, as: "manifests.yml")
        if options.isAbsent {
            let result = try await delete(text, options, kubectl, log)
            return [verdict(step, kubectl.failure(kubectl.command(["delete", "-f", "-"]), result), result.succeeded)]
        }
        try await makeNamespace(options.namespace, kubectl, log)
        let documents = KubernetesDocuments(text)
        if !documents.definitions.isEmpty {
            let result = try await define(documents, kubectl, log)
            guard result.succeeded else { return [verdict(step, kubectl.failure(kubectl.command(Self.define), result), false)] }
        }
        let rest = documents.definitions.isEmpty ? documents.namespaces + documents.others : documents.others
        guard !rest.isEmpty || documents.definitions.isEmpty else { return [] }
        let arguments = ["apply", "-f", "-", "-o", "json"]
        let result = try await kubectl.run(arguments, input: Array(KubernetesDocuments.text(rest).utf8))
        guard result.succeeded, let applied = Value(json: String(decoding: result.standardOutput, as: UTF8.self)) else {
            return [verdict(step, kubectl.failure(kubectl.command(arguments), result), false)]
        }
        for name in Self.names(in: applied) { await log(OutputLine(.standardOutput, "applied \(name)")) }
        guard options.wait > .zero else { return [] }
        let workloads = Workload.all(in: applied, namespace: options.namespace)
        return try await RolloutWatch(kubectl: kubectl, log: log).endings(of: workloads, within: options.wait).map {
            self.result(of: $0, step)
        }
    }

    /// On the server, because a definition may be too long for the note that kubectl would keep of it.
    private static let define = ["apply", "--server-side", "--force-conflicts", "-f", "-", "-o", "json"]

    /// Makes namespaces and kinds, and waits until the cluster knows the kinds: their objects come next.
    private func define(
        _ documents: KubernetesDocuments, _ kubectl: Kubectl, _ log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> CommandResult {
        let text = KubernetesDocuments.text(documents.namespaces + documents.definitions)
        let result = try await kubectl.run(Self.define, input: Array(text.utf8))
        guard result.succeeded, let made = Value(json: String(decoding: result.standardOutput, as: UTF8.self)) else { return result }
        for name in Self.names(in: made) {
            await log(OutputLine(.standardOutput, "applied \(name)"))
            if name.hasPrefix("customresourcedefinition/") { try await establish(name, kubectl) }
        }
        return result
    }

    private func establish(_ name: String, _ kubectl: Kubectl) async throws {
        let limit: Duration = .seconds(60)
        let started = Timestamp.now
        while true {
            let conditions = try await kubectl.json(["get", name])?.element(at: "status.conditions")?.elements ?? []
            if conditions.contains(where: { $0["type"]?.string == "Established" && $0["status"]?.string == "True" }) { return }
            guard Timestamp.now.seconds(since: started) < limit.inSeconds else {
                let why = conditions.compactMap { $0["message"]?.string }.last ?? "the cluster does not say why"
                throw InfrastructureError("\(name) is not established after \(limit.brief)", why: why)
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    /// Deletes objects before their kinds and namespaces.
    private func delete(
        _ text: String, _ options: KubernetesOptions, _ kubectl: Kubectl, _ log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> CommandResult {
        let documents = KubernetesDocuments(text)
        let arguments = ["delete", "--ignore-not-found", "--timeout=\(Int(nearest: max(options.wait.inSeconds, 1)))s", "-f", "-"]
        var result = CommandResult(exitStatus: 0)
        let parts: [[String]] = [documents.others.reversed(), documents.definitions + documents.namespaces]
        for part in parts where !part.isEmpty {
            result = try await kubectl.run(
                arguments, input: Array(KubernetesDocuments.text(part).utf8), timeout: options.wait + .seconds(60), onLine: log)
            if !result.succeeded, !Self.isOnlyOfGoneKinds(result.errorOutput) { return result }
            result.exitStatus = 0
        }
        return result
    }

    /// Whether all that kubectl complains of is objects whose kind the cluster does not have: they went with it.
    private static func isOnlyOfGoneKinds(_ complaint: String) -> Bool {
        let lines = complaint.split(whereSeparator: \.isNewline)
        return !lines.isEmpty && lines.allSatisfy { $0.contains("no matches for kind") || $0 == "ensure CRDs are installed first" }
    }

    private func makeNamespace(_ name: String, _ kubectl: Kubectl, _ log: @escaping @Sendable (OutputLine) async -> Void) async throws {
        if try await kubectl.run(["get", "namespace", name, "-o", "name"]).succeeded { return }
        let command = kubectl.command(["create", "namespace", name])
        let result = try await kubectl.run(["create", "namespace", name], onLine: log)
        guard result.succeeded else {
            let failure = kubectl.failure(command, result)
            throw InfrastructureError("namespace \(name) could not be created", why: failure.lastLine, command: failure)
        }
    }

    private static func names(in applied: Value) -> [String] {
        if case .list(let items)? = applied["items"] { return items.flatMap(names) }
        guard let kind = applied["kind"]?.string?.lowercased(), let name = applied.element(at: "metadata.name")?.string else { return [] }
        return ["\(kind)/\(name)"]
    }

    // MARK: - Helm

    private func helm(
        _ release: HelmRelease, _ options: KubernetesOptions, _ step: StepPlan, _ context: CellContext,
        _ log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [CaseResult] {
        guard context.kubeconfig != nil else {
            _ = try await Kubectl("runner", runner: runner, in: context)
            return []
        }
        guard try await Kubectl.isThere("helm", on: runner) else {
            throw InfrastructureError(
                "release \(release.name) cannot be used", why: "helm is not installed here", next: "install Helm 3, or apply manifests",
                type: .kubernetesHelm,
                isTransient: false)
        }
        let words =
            options.isAbsent
            ? release.uninstall(from: options.namespace, wait: options.wait) : release.install(in: options.namespace, wait: options.wait)
        let command = helmCommand(words, context)
        let result = try await runner.run(command, onLine: log)
        return [verdict(step, StepFailure.of(command, result, on: runner, in: context), result.succeeded)]
    }

    private func helmCommand(_ words: [String], _ context: CellContext) -> Command {
        Command(words, environment: context.environment, outputLimit: 1 << 18)
    }

    // MARK: - Verdicts

    private func verdict(_ step: StepPlan, _ failure: CommandFailure, _ succeeded: Bool) -> CaseResult {
        var verdict = CaseResult(of: step, since: .now)
        if !succeeded { verdict.fail(ProblemType.kubernetes.rawValue, "\(failure.outcome): \(failure.lastLine)", failure) }
        return verdict
    }

    private func result(of ending: RolloutWatch.Ending, _ step: StepPlan) -> CaseResult {
        CaseResult(
            phase: .deploy, step: step.name, name: "\(step.name): \(ending.workload.label)",
            outcome: ending.problem == nil ? .passed : .failed, started: .now,
            seconds: ending.seconds, message: ending.problem,
            detail: [ending.problem, ending.detail].compactMap(\.self).joined(separator: "\n"),
            type: ending.problem == nil ? nil : ProblemType.kubernetesRollout.rawValue, location: step.location)
    }

    /// The case with the step's name.
    private func summary(_ step: StepPlan, _ cases: [CaseResult], _ started: Timestamp) -> CaseResult {
        var result = CaseResult(of: step, since: started)
        guard let bad = cases.first(where: { $0.outcome != .passed }) else { return result }
        (result.outcome, result.message, result.detail, result.type) = (.failed, bad.message, bad.detail, bad.type)
        return result
    }
}
