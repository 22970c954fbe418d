import MatrixCore
import MatrixRemote
import Synchronization

@testable import MatrixChecksTests

/// Runs commands on this machine, or behind a prefix such as `podman exec -i NAME`, and counts them.
final class ShellTransport: Transport {
    private let prefix: [String]
    private let forwarding = ForwardingTransport()
    private let state = Mutex((commands: 0, forwards: 0))

    private let opening: (@Sendable (String, Int) async throws -> Int)?
    private let changing: (@Sendable (String) -> String)?

    /// - Parameters:
    ///   - changing: what the standard input of a command becomes.
    ///   - opening: opens a forward to a host and port; by itself it makes one that behaves as those of SSH.
    init(
        prefix: [String] = [], changing: (@Sendable (String) -> String)? = nil,
        opening: (@Sendable (String, Int) async throws -> Int)? = nil
    ) {
        self.prefix = prefix
        self.changing = changing
        self.opening = opening
    }

    /// Without those that only feel whether the connection is alive.
    var commandCount: Int { state.withLock { $0.commands } }
    var forwardCount: Int { state.withLock { $0.forwards } }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        if command.arguments != ["true"] { state.withLock { $0.commands += 1 } }
        var input = command.input
        if let changing, let text = input { input = Array(changing(String(decoding: text, as: UTF8.self)).utf8) }
        return try await LocalTransport().run(
            Command(prefix + command.arguments, input: input, outputLimit: command.outputLimit), onLine: onLine)
    }

    func upload(_ local: String, to remote: String) async throws {}
    func download(_ remote: String, to local: String) async throws {}

    /// As `ssh -L` does it: accepts here at once, and closes if the other side refuses.
    func forward(to host: String, port: Int) async throws -> Int {
        state.withLock { $0.forwards += 1 }
        if let opening { return try await opening(host, port) }
        return try await forwarding.forward(to: host, port: port)
    }

    func commandLine(for command: Command) -> String { "ssh host \(ShellQuoting.quote(command.display))" }

    func close() async { await forwarding.close() }
}
