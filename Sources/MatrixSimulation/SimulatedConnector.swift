import MatrixCore

/// Connects to nothing: a simulated host runs no command.
struct SimulatedConnector: Connector {
    func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport { NoTransport() }

    private struct NoTransport: Transport {
        func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult { throw refusal }
        func upload(_ local: String, to remote: String) async throws { throw refusal }
        func download(_ remote: String, to local: String) async throws { throw refusal }
        func forward(to host: String, port: Int) async throws -> Int { throw refusal }
        func commandLine(for command: Command) -> String { command.display }
        func close() async {}

        private var refusal: InfrastructureError {
            InfrastructureError("a command on a simulated host", why: "there is no host", isTransient: false)
        }
    }
}
