import MatrixCore

/// A host whose connection is gone.
struct BrokenTransport: Transport {
    private func lost(_ what: String) -> InfrastructureError { InfrastructureError(what, why: "connection lost") }
    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult { throw lost("no command") }
    func upload(_ local: String, to remote: String) async throws { throw lost("no upload") }
    func download(_ remote: String, to local: String) async throws { throw lost("no download") }
    func forward(to host: String, port: Int) async throws -> Int { throw lost("no forward") }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}
