import MatrixCore

/// Answers every command as a test says.
struct ScriptedRunner: Transport {
    let answer: @Sendable (Command) throws -> CommandResult

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult { try answer(command) }
    func upload(_ local: String, to remote: String) async throws { throw unexpected }
    func download(_ remote: String, to local: String) async throws { throw unexpected }
    func forward(to host: String, port: Int) async throws -> Int { throw unexpected }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}

    private var unexpected: InfrastructureError {
        InfrastructureError("scripted runner", why: "only commands are answered", isTransient: false)
    }
}
