internal import MatrixCore

/// Prepares errors of programs for display: with the step's command line.
enum StepFailure {
    /// The record of a command that a transport ran and that failed; of its environment only `KUBECONFIG` is shown.
    ///
    /// Its tail is redacted before anybody takes the last line.
    static func of(_ command: Command, _ result: CommandResult, on transport: any Transport, in context: CellContext) -> CommandFailure {
        var shown = command
        shown.environment = command.environment.filter { $0.key == "KUBECONFIG" }
        var failure = transport.failure(of: shown, result)
        failure.outputTail = context.withoutSecrets(failure.outputTail)
        return failure
    }

    /// The record of a program that failed.
    static func command(_ commandLine: String, _ result: CommandResult, tail: OutputTail) -> CommandFailure {
        let status = result.exitStatus
        return CommandFailure(
            commandLine: commandLine, outcome: CommandFailure.outcome(of: status), exitStatus: status, outputTail: tail.text)
    }
}

extension Transport {
    /// Runs a step's program. An error shows `commandLine`: the original shows a child's environment, which may hold secrets.
    func run(
        _ command: Command, shownAs commandLine: String, onLine: @Sendable (OutputLine) async -> Void
    ) async throws -> CommandResult {
        do { return try await run(command, onLine: onLine) } catch var error as InfrastructureError {
            error.command?.commandLine = commandLine
            throw error
        }
    }
}

extension CaseResult {
    /// A passed case of a step that ends now.
    init(of step: StepPlan, named name: String? = nil, since started: Timestamp, host: String? = nil) {
        self.init(
            phase: .deploy, step: step.name, name: name ?? step.name, outcome: .passed, started: started,
            seconds: Timestamp.now.seconds(since: started), location: step.location, host: host)
    }

    /// Makes it a failed case with all that is known of the program.
    mutating func fail(_ type: String, _ message: String, _ failure: CommandFailure) {
        (outcome, self.type, self.message, detail) = (.failed, type, message, failure.details)
    }
}

/// Runs `work` for each host, twenty at once. Throws the first error when all have ended.
func onEach<Output: Sendable>(
    _ hosts: [Host], _ work: @escaping @Sendable (Host) async throws -> Output
) async throws -> [Output] {
    let outcomes = await mapConcurrently(hosts, limit: 20) { host -> Result<Output, any Error> in
        do { return .success(try await work(host)) } catch { return .failure(error) }
    }
    return try outcomes.map { try $0.get() }
}
