import MatrixCore
import Synchronization

/// Counts the commands that go over a transport: its round trips.
final class CountingTransport: Transport {
    private let base: any Transport
    private let count = Mutex(0)

    init(_ base: any Transport) {
        self.base = base
    }

    var commands: Int { count.withLock { $0 } }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        count.withLock { $0 += 1 }
        return try await base.run(command, onLine: onLine)
    }

    func upload(_ local: String, to remote: String) async throws { try await base.upload(local, to: remote) }
    func download(_ remote: String, to local: String) async throws { try await base.download(remote, to: local) }
    func forward(to host: String, port: Int) async throws -> Int { try await base.forward(to: host, port: port) }
    func commandLine(for command: Command) -> String { base.commandLine(for: command) }
    func close() async { await base.close() }
}
