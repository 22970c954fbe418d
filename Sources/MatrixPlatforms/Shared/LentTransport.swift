import MatrixCore

/// A connection that its platform keeps: to close it ends only this use of it.
struct LentTransport: Transport {
    let base: any Transport
    let facts: HostFacts?

    var isOpen: Bool { base.isOpen }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        try await base.run(command, onLine: onLine)
    }

    func upload(_ local: String, to remote: String) async throws { try await base.upload(local, to: remote) }
    func download(_ remote: String, to local: String) async throws { try await base.download(remote, to: local) }
    func forward(to host: String, port: Int) async throws -> Int { try await base.forward(to: host, port: port) }
    func refusesForwards(to host: String, port: Int) async -> Bool { await base.refusesForwards(to: host, port: port) }
    func relay(to host: String, port: Int) async throws -> Relay { try await base.relay(to: host, port: port) }
    func commandLine(for command: Command) -> String { base.commandLine(for: command) }
    func close() async {}
}
