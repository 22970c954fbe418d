import MatrixCore

/// A host whose forwards lead to a port that nothing listens on any more.
struct DeadForwardTransport: Transport {
    let gone: ClosedPort

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        CommandResult(exitStatus: 255)
    }
    func upload(_ local: String, to remote: String) async throws {}
    func download(_ remote: String, to local: String) async throws {}
    func forward(to host: String, port: Int) async throws -> Int { gone.number }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}
