import MatrixCore
import Synchronization

/// A host of which only forwards are asked: each leads to a port of this machine, as `ssh -L` leads it.
final class ForwardingTransport: Transport {
    private let forwarders = Mutex<[TCPForwarder]>([])

    var forwardCount: Int { forwarders.withLock { $0.count } }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        throw InfrastructureError("no command", why: "this host only forwards", isTransient: false)
    }

    func upload(_ local: String, to remote: String) async throws {}
    func download(_ remote: String, to local: String) async throws {}

    func forward(to host: String, port: Int) async throws -> Int {
        let forwarder = try await TCPForwarder(to: host, port: port)
        forwarders.withLock { $0.append(forwarder) }
        return forwarder.port
    }

    func commandLine(for command: Command) -> String { "ssh host \(ShellQuoting.quote(command.display))" }

    func close() async { forwarders.withLock { $0.removeAll() } }
}
